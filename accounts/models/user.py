"""A person: one body, one row, whatever hats the person wears."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models.consent import Consent
from accounts.models.message import Message
from accounts.models.school import School
from accounts.permissions import MANAGE_PEOPLE, Act, Role, may

# How long an invitation works.
INVITATION_LASTS = dt.timedelta(days=14)


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: User) -> UserQuerySet:
        """Coordinator and admin see the people of their school who were not erased; everybody else only themselves."""
        if user.has_role(Role.COORDINATOR, Role.ADMIN):
            return self.filter(school_id=user.school_id, erased_at=None)
        return self.filter(pk=user.pk)

    def active(self) -> UserQuerySet:
        """People who may sign in and be booked."""
        return self.filter(is_active=True)

    def with_role(self, role: Role) -> UserQuerySet:
        """People who wear this hat, perhaps among others."""
        return self.filter(roles__contains=[role])

    def reading_concerns_at(self, school: School) -> UserQuerySet:
        """Who reads the calls for help of a school: its coordinators and the second named adult."""
        readers = models.Q(roles__contains=[Role.COORDINATOR]) | models.Q(pk=school.second_adult_id)
        return self.active().filter(readers, school=school)

    def named_like(self, words: str) -> UserQuerySet:
        """People in whose name or user name each of these words stands."""
        people = self
        for word in words.split():
            people = people.filter(
                models.Q(given_name__icontains=word)
                | models.Q(family_name__icontains=word)
                | models.Q(username__icontains=word)
            )
        return people

    def known(self) -> UserQuerySet:
        """People who were not erased: those who are left without a name stand on no list."""
        return self.filter(erased_at=None)

    def never_in(self) -> UserQuerySet:
        """Active people who never came in: they have no password, and used no other door."""
        return self.active().filter(password__startswith=UNUSABLE_PASSWORD_PREFIX, last_login=None)

    def with_invitation(self) -> UserQuerySet:
        """With `invited_at`: when the last invitation was written that was neither withdrawn nor failed."""
        sent = Message.objects.filter(
            user=models.OuterRef("pk"),
            kind="invitation",
            state__in=[Message.State.WAITING, Message.State.SENDING, Message.State.SENT],
        )
        return self.annotate(invited_at=models.Subquery(sent.order_by("-revision").values("event_at")[:1]))

    def to_invite(self, by: User, *, now: dt.datetime) -> UserQuerySet:
        """Whom `by` may invite: never in, with an address, and without an invitation that still works."""
        people = self.never_in().exclude(email=None).with_invitation()
        if not by.may(MANAGE_PEOPLE):
            people = people.filter(~models.Q(roles=[]), roles__contained_by=[Role.TEACHER, Role.STUDENT])
        return people.filter(models.Q(invited_at=None) | models.Q(invited_at__lte=now - INVITATION_LASTS))

    def missing(self) -> UserQuerySet:
        """People whom the roster no longer names, and about whom nobody has decided."""
        return self.active().exclude(missing_since=None)

    def with_consent_state(self) -> UserQuerySet:
        """With `has_consent`: a guardian's consent to take part stands, and the student's own."""
        return self.annotate(has_consent=has_consent())

    def with_half_consent(self) -> UserQuerySet:
        """With `guardian_agreed` and `student_agreed`: who of the two has said yes to taking part."""
        purpose = Consent.Purpose.TAKE_PART
        return self.annotate(
            guardian_agreed=models.Exists(says_yes(purpose, Consent.GivenBy.GUARDIAN)),
            student_agreed=models.Exists(says_yes(purpose, Consent.GivenBy.SELF)),
        )

    def may_take_part(self) -> UserQuerySet:
        """Adults, and the students for whom both consents to take part stand: a guardian's and their own."""
        return self.filter(~models.Q(roles__contains=[Role.STUDENT]) | has_consent())

    def agreed_to_surveys(self) -> UserQuerySet:
        """People who may be asked in surveys: their own yes stands, and for a student a guardian's too."""
        return self._agreed_to(Consent.Purpose.ANSWER_SURVEYS)

    def agreed_to_research(self) -> UserQuerySet:
        """People whose answers may be used in research: their own yes stands, and for a student a guardian's too."""
        return self._agreed_to(Consent.Purpose.RESEARCH_USE)

    def open_to_surveys(self) -> UserQuerySet:
        """People who may be invited: nobody took a yes about surveys back, or said no, and left it at that."""
        ended = Consent.objects.filter(person=models.OuterRef("pk"), purpose__in=Consent.SURVEY_PURPOSES)
        again = Consent.objects.standing().filter(
            **{name: models.OuterRef(name) for name in ("person", "purpose", "given_by")}
        )
        return self.exclude(models.Exists(ended.exclude(withdrawn_on=None).exclude(models.Exists(again))))

    def _agreed_to(self, purpose: str) -> UserQuerySet:
        both = ~models.Q(roles__contains=[Role.STUDENT]) | models.Exists(says_yes(purpose, Consent.GivenBy.GUARDIAN))
        return self.filter(models.Exists(says_yes(purpose, Consent.GivenBy.SELF)), both)


def says_yes(purpose: str, given_by: str, *, person: str = "pk") -> models.QuerySet[Consent]:
    """The standing yes to a purpose of whom `person` names in the outer query."""
    return Consent.objects.standing().filter(person=models.OuterRef(person), purpose=purpose, given_by=given_by)


def has_consent() -> models.Exists:
    """Whether the user of the outer query, a student, may take part: a guardian said yes, and so did the student."""
    guardians = says_yes(Consent.Purpose.TAKE_PART, Consent.GivenBy.GUARDIAN, person="person")
    return models.Exists(says_yes(Consent.Purpose.TAKE_PART, Consent.GivenBy.SELF).filter(models.Exists(guardians)))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """Make a person. Without a password nobody can sign in as this person until one is set."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Sign-in names are told apart without regard to capitals."""
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """A person of one school. User name and e-mail are unique in the installation, whatever their capitals."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="people")
    username = models.CharField(_("user name"), max_length=150, validators=[UnicodeUsernameValidator()])
    email = models.EmailField(_("e-mail"), null=True, blank=True)
    given_name = models.CharField(_("first name"), max_length=100)
    family_name = models.CharField(_("last name"), max_length=100)
    title = models.CharField(_("title"), max_length=20, blank=True, help_text=_("How students say it: Ms, Mr, Dr."))
    grade = models.CharField(_("grade"), max_length=20, blank=True)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    reading = models.JSONField(default=dict, blank=True)
    # Minutes before a session of the own two reminders; null = the school's.
    reminder_leads = ArrayField(models.PositiveIntegerField(), null=True, blank=True)
    # The roster's own id of this person (OneRoster: sourcedId).
    source_id = models.CharField(max_length=255, null=True, blank=True)
    # Random, on no page and in no export: the survey pseudonym is a keyed hash of it.
    random_id = models.UUIDField(default=uuid.uuid4, editable=False, unique=True)
    is_active = models.BooleanField(default=True)
    # The day on which a roster no longer named this person; a person decides what follows.
    missing_since = models.DateField(null=True, blank=True)
    # The day on which the night's clearing found this account ended: from then its time runs.
    ended_on = models.DateField(null=True, blank=True, editable=False)
    # Emptied in place: no name, no address, no text of this person is left.
    erased_at = models.DateTimeField(null=True, blank=True)
    # Part of what a session is checked against: another value ends every session of this person.
    session_salt = models.CharField(max_length=32, blank=True, default="", editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["family_name", "given_name", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("username"), name="accounts_user_username_once"),
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_once"),
            models.UniqueConstraint(fields=["school", "source_id"], name="accounts_user_source_id_once"),
            models.CheckConstraint(
                condition=models.Q(roles__contained_by=[role.value for role in Role]), name="accounts_user_roles_known"
            ),
            models.CheckConstraint(
                condition=models.Q(reminder_leads=None) | models.Q(reminder_leads__len=2),
                name="accounts_user_two_reminders",
            ),
            models.CheckConstraint(condition=~models.Q(email=""), name="accounts_user_email_not_blank"),
            models.CheckConstraint(condition=~models.Q(source_id=""), name="accounts_user_source_id_not_blank"),
            models.CheckConstraint(
                condition=models.Q(erased_at=None) | models.Q(is_active=False, email=None, source_id=None),
                name="accounts_user_erased_is_empty",
            ),
        ]
        triggers = [
            # Whoever is no coordinator any more, or has left, loses the right to read learner flags in that moment: the
            # hat alone, given again later, does not bring it back.
            pgtrigger.Trigger(
                name="end_flag_grants",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.roles @> ARRAY['coordinator']::varchar[] AND NOT NEW.roles @> ARRAY['coordinator']::varchar[]"
                    " OR OLD.is_active AND NOT NEW.is_active"
                ),
                declare=[("told", "JSONB")],
                func=(
                    "told := NULLIF(current_setting('pghistory.context_metadata', true), '')::jsonb;"
                    " UPDATE accounts_flaggrant SET ended_at = COALESCE((told ->> 'at')::timestamptz, now())"
                    " WHERE user_id = NEW.id AND ended_at IS NULL; RETURN NULL;"
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """First and last name, for the person and for the staff who work with the list of people."""
        if self.erased_at:
            return str(_("Erased person"))
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def short_name(self) -> str:
        """What others read: "Maya R." for a student, "Ms Ortiz" or the full name for an adult."""
        if self.is_student and not self.erased_at:
            return f"{self.given_name} {self.family_name[:1]}.".strip() if self.family_name else self.given_name
        return f"{self.title} {self.family_name}" if self.title and self.family_name else self.full_name

    @property
    def initials(self) -> str:
        """One or two letters for the round mark beside the name."""
        return (self.given_name[:1] + self.family_name[:1]).upper()

    @property
    def is_student(self) -> bool:
        """A minor: named in short, never without consent."""
        return Role.STUDENT in self.roles

    @property
    def is_teacher(self) -> bool:
        """Wears the hat of a teacher, perhaps among others."""
        return Role.TEACHER in self.roles

    @property
    def is_teacher_or_student_only(self) -> bool:
        """Wears no other hat than these: a coordinator may invite such people, and nobody else."""
        return bool(self.roles) and set(self.roles) <= {Role.TEACHER, Role.STUDENT}

    @property
    def is_asked_for_second_factor(self) -> bool:
        """The school lets coordinators and admins work only with a second factor, and this is one of them."""
        return self.school.requires_second_factor and self.has_role(Role.COORDINATOR, Role.ADMIN)

    @property
    def role_labels(self) -> list[str]:
        """The hats in words, in the order of the policy."""
        return [str(role.label) for role in Role if role in self.roles]

    @property
    def has_been_in(self) -> bool:
        """Whether the person ever came in, or has a password to do so: the contrary of `never_in`."""
        return self.has_usable_password() or self.last_login is not None

    def has_role(self, *roles: Role) -> bool:
        """Whether the person wears one of these hats."""
        return any(role in self.roles for role in roles)

    def may(self, act: Act) -> bool:
        """Whether one of the person's hats lets the person do this (for code that has a user and no request)."""
        return may(self, act)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must hold to be this person's: of the password, and of the salt that ends them all."""
        return salted_hmac(
            "accounts.User.session", f"{self.password}|{self.session_salt}", secret=secret, algorithm="sha256"
        ).hexdigest()

    def clean(self) -> None:
        """An empty e-mail or roster id is no value at all, so that many people can have none."""
        super().clean()
        self.email = self.email or None
        self.source_id = self.source_id or None
