"""What the trail keeps of this app. Never: Concern, LearnerFlags, Message, rosters, passwords, secrets."""

from django.utils.translation import gettext_lazy as _

from accounts.models.consent import Consent, Guardian
from accounts.models.consent_text import ConsentText
from accounts.models.end_of_data import ErasureRequest
from accounts.models.learner_flags import FlagGrant
from accounts.models.school import Room, School
from accounts.models.secret_link import SecretLink
from accounts.models.sign_in import ConnectedAccount, SecondFactor
from accounts.models.trail import Tracked, track
from accounts.models.user import User


def school_of(column: str) -> str:
    """The school of the person in this column of the row."""
    return f"(SELECT person.school_id FROM accounts_user person WHERE person.id = r.{column})"  # noqa: S608  # ours


STUDENT_OF_GUARDIAN = "(SELECT guardian.student_id FROM accounts_guardian guardian WHERE guardian.id = r.guardian_id)"

track(
    School,
    Tracked(
        name=_("School settings"),
        fields=(
            "name",
            "time_zone",
            "languages",
            "reminder_leads",
            "lead_least",
            "lead_most",
            "quiet_from",
            "quiet_until",
            "digest_at",
            "minimum_group_size",
            "retention_days",
            "second_adult",
            "requires_second_factor",
        ),
        school="r.id",
        people=("r.second_adult_id",),
        words={
            "insert": _("%(who)s began this school."),
            "update": _("%(who)s changed the settings of the school."),
            "name": _("%(who)s changed the name of the school from %(old)s to %(new)s."),
            "time_zone": _("%(who)s changed the time zone from %(old)s to %(new)s."),
            "languages": _("%(who)s changed the languages of the school from %(old)s to %(new)s."),
            "reminder_leads": _("%(who)s changed when reminders go out (minutes before): from %(old)s to %(new)s."),
            "quiet_from": _("%(who)s changed when quiet hours begin from %(old)s to %(new)s."),
            "quiet_until": _("%(who)s changed when quiet hours end from %(old)s to %(new)s."),
            "digest_at": _("%(who)s changed when the daily mail to coordinators goes out from %(old)s to %(new)s."),
            "minimum_group_size": _("%(who)s changed the smallest group shown from %(old)s to %(new)s."),
            "retention_days": _("%(who)s changed how long data is kept."),
            "second_adult=": _("%(who)s named nobody as second adult any more."),
            "second_adult": _("%(who)s named %(whom)s as second adult."),
            "requires_second_factor=True": _("%(who)s made a second factor necessary for coordinators and admins."),
            "requires_second_factor=False": _("%(who)s made the second factor optional."),
        },
    ),
)
track(
    Room,
    Tracked(
        name=_("Rooms"),
        fields=("name", "is_shared", "in_view"),
        school="r.school_id",
        words={
            "insert": _("%(who)s added a room: %(name)s."),
            "delete": _("%(who)s removed a room: %(name)s."),
            "update": _("%(who)s changed a room."),
            "name": _("%(who)s changed the name of a room from %(old)s to %(new)s."),
            "in_view=True": _("%(who)s marked a room as in view."),
            "in_view=False": _("%(who)s marked a room as not in view."),
        },
    ),
)
track(
    User,
    Tracked(
        name=_("People"),
        fields=("school", "roles", "is_active", "missing_since", "erased_at"),
        hidden=("username", "email"),  # who can reset a password: that it changed, not to what
        school="r.school_id",
        people=("r.id",),
        words={
            "insert": _("%(who)s added %(whom)s."),
            "update": _("%(who)s changed the account of %(whom)s."),
            "delete": _("%(who)s removed an account."),
            "roles": _("%(who)s changed the roles of %(whom)s from %(old)s to %(new)s."),
            "is_active=True": _("%(who)s opened the account of %(whom)s again."),
            "is_active=False": _("%(who)s ended the account of %(whom)s."),
            "missing_since=": _("%(who)s found %(whom)s in a roster again."),
            "missing_since": _("%(who)s noted that a roster names %(whom)s no longer."),
            "erased_at": _("%(who)s erased %(whom)s."),
            "username": _("%(who)s changed the user name of %(whom)s."),
            "email": _("%(who)s changed the e-mail address of %(whom)s."),
        },
    ),
)
track(
    Guardian,
    Tracked(
        name=_("Guardians"),
        fields=("student", "language"),
        hidden=("email",),  # who is asked for a consent
        school=school_of("student_id"),
        people=("r.student_id",),
        words={
            "insert": _("%(who)s added a guardian of %(whom)s."),
            "update": _("%(who)s changed a guardian of %(whom)s."),
            "delete": _("%(who)s removed a guardian of %(whom)s."),
            "email": _("%(who)s changed the e-mail address of a guardian of %(whom)s."),
        },
    ),
)
track(
    Consent,
    Tracked(
        name=_("Consents"),
        fields=(
            "person",
            "purpose",
            "text_version",
            "text",
            "given_by",
            "guardian",
            "given_on",
            "withdrawn_on",
            "recorded_by",
            "is_refusal",
        ),
        hidden=("signature",),
        school=school_of("person_id"),
        people=("r.person_id",),
        words={
            "insert": _("%(who)s put a consent for %(whom)s on record: %(purpose)s."),
            "insert is_refusal=True": _("%(who)s put a no for %(whom)s on record: %(purpose)s."),
            "update": _("%(who)s changed a consent for %(whom)s."),
            "delete": _("%(who)s removed a consent for %(whom)s."),
            "withdrawn_on": _("%(who)s withdrew a consent for %(whom)s."),
        },
    ),
)
track(
    ConsentText,
    Tracked(
        name=_("Consent texts"),
        fields=("purpose", "reader", "language", "version", "asks_again", "approved_at", "approved_by"),
        hidden=("body", "on_withdrawal"),
        school="r.school_id",
        words={
            "insert": _("%(who)s added a consent text: %(purpose)s, %(reader)s."),
            "update": _("%(who)s changed a consent text."),
            "delete": _("%(who)s removed a consent text: %(purpose)s, %(reader)s."),
            "approved_at": _("%(who)s approved a consent text."),
        },
    ),
)
track(
    FlagGrant,
    Tracked(
        name=_("Rights to read learner flags"),
        fields=("user", "granted_by", "ended_at"),
        school=school_of("user_id"),
        people=("r.user_id",),
        words={
            "insert": _("%(who)s let %(whom)s read the learner flags."),
            "update": _("%(who)s changed the right of %(whom)s to read the learner flags."),
            "delete": _("%(who)s removed the right of %(whom)s to read the learner flags."),
            "ended_at": _("%(who)s took back the right of %(whom)s to read the learner flags."),
        },
    ),
)
track(
    SecretLink,
    Tracked(
        name=_("Links and sign-in cards"),
        fields=("purpose", "user", "guardian", "expires_at", "used_at", "revoked_at"),
        school="r.school_id",
        people=("r.user_id", STUDENT_OF_GUARDIAN),
        words={
            "insert": _("%(who)s made a link for %(whom)s: %(purpose)s."),
            "update": _("%(who)s changed a link for %(whom)s."),
            "delete": _("%(who)s removed a link for %(whom)s: %(purpose)s."),
            "used_at": _("%(who)s used the link that was made for %(whom)s."),
            "revoked_at": _("%(who)s made a link for %(whom)s void."),
        },
    ),
)
track(
    ErasureRequest,
    Tracked(
        name=_("Wishes to be erased"),
        fields=("person", "asked_at", "ended_at", "carried_out_by"),
        school=school_of("person_id"),
        people=("r.person_id",),
        words={
            "insert": _("%(who)s asked to erase the data of %(whom)s."),
            "update": _("%(who)s changed the wish of %(whom)s to be erased."),
            "delete": _("%(who)s removed the wish of %(whom)s to be erased."),
            "carried_out_by": _("%(who)s carried out the wish of %(whom)s to be erased."),
            "ended_at": _("%(who)s ended the wish of %(whom)s to be erased."),
        },
    ),
)
track(
    SecondFactor,
    Tracked(
        name=_("Second steps of signing in"),
        fields=("user", "type"),
        school=school_of("user_id"),
        people=("r.user_id",),
        unless="r.type = 'recovery_codes'",  # they come and go with the others, and are used up
        words={
            "insert": _("%(who)s set up a second step for %(whom)s."),
            "update": _("%(who)s changed a second step of %(whom)s."),
            "delete": _("%(who)s took away a second step of %(whom)s."),
        },
    ),
)
track(
    ConnectedAccount,
    Tracked(
        name=_("Accounts at Google and Microsoft"),
        fields=("user",),
        school=school_of("user_id"),
        people=("r.user_id",),
        words={
            "insert": _("%(who)s connected an account at Google or Microsoft for %(whom)s."),
            "update": _("%(who)s changed a connected account of %(whom)s."),
            "delete": _("%(who)s disconnected an account of %(whom)s."),
        },
    ),
)
