"""What the trail keeps of this app. A Hold follows from a booking or a playground, and leaves nothing of its own."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Tracked, track
from sessions_app.models.booking import Booking
from sessions_app.models.playground import Duty, PlaygroundSession, SignUp
from sessions_app.models.rules import BookingRules

SCHOOL_OF_PROGRAM = "(SELECT program.school_id FROM mentorship_program program WHERE program.id = r.program_id)"
SCHOOL_OF_PLAYGROUND = (
    "(SELECT program.school_id FROM sessions_app_playgroundsession playground"
    " JOIN mentorship_program program ON program.id = playground.program_id WHERE playground.id = r.playground_id)"
)

track(
    Booking,
    Tracked(
        name=_("Bookings"),
        fields=(
            "program",
            "teacher",
            "mentor",
            "room",
            "tool",
            "starts_at",
            "ends_at",
            "period",
            "step",
            "help_request",
            "help_entry",
            "state",
            "booked_by",
            "ended_by",
            "ended_at",
            "overridden_by",
            "started_at",
            "finished_at",
        ),
        hidden=("learner_group", "goal", "end_reason", "override_reason", "who_was_away"),
        school=SCHOOL_OF_PROGRAM,
        people=("r.mentor_id", "r.teacher_id"),
        words={
            "insert": _("%(who)s booked %(whom)s for %(other)s: %(starts_at)s."),
            "update": _("%(who)s changed the booking of %(whom)s and %(other)s."),
            "delete": _("%(who)s removed a booking of %(whom)s and %(other)s."),
            "state=cancelled": _("%(who)s cancelled the booking of %(whom)s and %(other)s."),
            "state=declined": _("%(who)s declined the booking of %(whom)s and %(other)s."),
            "state=no_show": _("%(who)s said that the booking of %(whom)s and %(other)s did not take place."),
            "state=booked": _("%(who)s took back that the booking of %(whom)s and %(other)s did not take place."),
            "mentor": _("%(who)s gave the booking with %(other)s to %(whom)s."),
            "starts_at": _("%(who)s moved the booking of %(whom)s and %(other)s from %(old)s to %(new)s."),
            "room": _("%(who)s changed the room of the booking of %(whom)s and %(other)s."),
            "overridden_by=": _("%(who)s took back the leave to miss class for the booking of %(whom)s and %(other)s."),
            "overridden_by": _("%(who)s let %(whom)s miss class for a booking with %(other)s."),
            "started_at": _("%(who)s said that %(whom)s and %(other)s have started."),
            "finished_at": _("%(who)s said that %(whom)s and %(other)s are done."),
            "help_entry": _("%(who)s logged the help of %(whom)s for %(other)s."),
        },
    ),
)
track(
    PlaygroundSession,
    Tracked(
        name=_("Tech playgrounds"),
        fields=(
            "program",
            "room",
            "places",
            "adult_in_charge",
            "starts_at",
            "ends_at",
            "period",
            "state",
            "overridden_by",
        ),
        hidden=("title", "override_reason"),
        school=SCHOOL_OF_PROGRAM,
        people=("r.adult_in_charge_id",),
        words={
            "insert": _("%(who)s planned a tech playground: %(starts_at)s."),
            "update": _("%(who)s changed a tech playground."),
            "delete": _("%(who)s removed a tech playground."),
            "state=cancelled": _("%(who)s cancelled a tech playground."),
            "starts_at": _("%(who)s moved a tech playground from %(old)s to %(new)s."),
            "adult_in_charge": _("%(who)s put %(whom)s in charge of a tech playground."),
            "overridden_by=": _("%(who)s took back the leave to miss class for a tech playground."),
            "overridden_by": _("%(who)s let mentors miss class for a tech playground."),
        },
    ),
)
track(
    Duty,
    Tracked(
        name=_("Mentors on duty"),
        fields=("playground", "person"),
        school=SCHOOL_OF_PLAYGROUND,
        people=("r.person_id",),
        words={
            "insert": _("%(who)s put %(whom)s on duty at a tech playground."),
            "update": _("%(who)s changed the duty of %(whom)s at a tech playground."),
            "delete": _("%(who)s took %(whom)s off duty at a tech playground."),
        },
    ),
)
track(
    SignUp,
    Tracked(
        name=_("Places at playgrounds"),
        fields=("playground", "teacher"),
        school=SCHOOL_OF_PLAYGROUND,
        people=("r.teacher_id",),
        words={
            "insert": _("%(who)s took a place at a tech playground for %(whom)s."),
            "update": _("%(who)s changed the place of %(whom)s at a tech playground."),
            "delete": _("%(who)s gave up the place of %(whom)s at a tech playground."),
        },
    ),
)
track(
    BookingRules,
    Tracked(
        name=_("Booking rules"),
        fields=(
            "notice_minutes",
            "cut_off_minutes",
            "join_notice_minutes",
            "offer_hours",
            "teacher_week_limit",
            "mentor_week_limit",
            "same_class_days",
            "core_week_minutes",
            "opens_at",
            "closes_at",
        ),
        school="r.school_id",
        words={
            "insert": _("%(who)s set the booking rules."),
            "update": _("%(who)s changed the booking rules."),
            "delete": _("%(who)s removed the booking rules."),
        },
    ),
)
