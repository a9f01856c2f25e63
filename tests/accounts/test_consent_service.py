"""Consents: recorded by a coordinator, given by oneself, withdrawn."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Consent, Guardian, Message, User
from accounts.permissions import Role
from accounts.services import Refused, agree, record_consent, withdraw_consent
from tests.cast import NOW, TODAY, Cast
from tests.factories import ConsentFactory, StudentFactory

TAKE_PART, RESEARCH = Consent.Purpose.TAKE_PART, Consent.Purpose.RESEARCH_USE


@pytest.fixture
def newcomer(cast: Cast) -> User:
    """A student without any consent."""
    return StudentFactory(school=cast.school, given_name="Sami", family_name="Khoury")


def record(person: User, by: User, **changes: object) -> Consent:
    words = {"guardian_name": "Rana Khoury", "guardian_language": "ar", "guardian_email": "", "given_on": TODAY}
    return record_consent(person=person, by=by, today=TODAY, **{**words, **changes})  # type: ignore[arg-type]


def test_record_consent_lets_student_take_part(cast: Cast, newcomer: User) -> None:
    before = User.objects.may_take_part().filter(pk=newcomer.pk).exists()

    consent = record(newcomer, cast.coordinator)

    assert before is False
    assert User.objects.may_take_part().filter(pk=newcomer.pk).exists()
    assert (consent.purpose, consent.given_by, consent.recorded_by) == ("take_part", "guardian", cast.coordinator)
    assert (consent.guardian.name, consent.guardian.language, consent.guardian.email) == ("Rana Khoury", "ar", None)


def test_record_consent_again_after_withdrawal_keeps_one_guardian(cast: Cast, newcomer: User) -> None:
    record(newcomer, cast.coordinator)
    withdraw_consent(newcomer, TAKE_PART, by=cast.coordinator, today=TODAY)

    record(newcomer, cast.coordinator, guardian_name="rana khoury", guardian_email="rana@example.org")

    assert Guardian.objects.get(student=newcomer).email == "rana@example.org"
    assert [consent.withdrawn_on for consent in newcomer.consents.order_by("pk")] == [TODAY, None]


@pytest.mark.parametrize(
    ("person", "by", "changes"),
    [
        ("newcomer", "teacher", {}),
        ("newcomer", "admin", {}),
        ("newcomer", "stranger_coordinator", {}),
        ("newcomer", "coordinator", {"given_on": TODAY + dt.timedelta(days=1)}),
        ("teacher", "coordinator", {}),
        ("mentor", "coordinator", {}),  # stands already
    ],
)
def test_record_consent_refused_writes_nothing(
    cast: Cast, newcomer: User, person: str, by: str, changes: dict[str, object]
) -> None:
    subject = newcomer if person == "newcomer" else getattr(cast, person)
    before = Consent.objects.count()

    with pytest.raises(Refused):
        record(subject, getattr(cast, by), **changes)

    assert (Consent.objects.count(), Guardian.objects.count()) == (before, 0)


def test_record_consent_for_oneself_is_refused(cast: Cast) -> None:
    both = StudentFactory(school=cast.school, roles=[Role.STUDENT, Role.COORDINATOR])

    with pytest.raises(Refused, match="themselves"):
        record(both, both)

    assert not both.consents.exists()


def test_agree_twice_is_one_yes(cast: Cast) -> None:
    first = agree(cast.teacher, RESEARCH, text_version="r-1", today=TODAY)

    again = agree(cast.teacher, RESEARCH, text_version="r-1", today=TODAY + dt.timedelta(days=3))

    assert again == first
    assert (first.given_by, first.recorded_by, first.given_on) == ("self", cast.teacher, TODAY)


def test_agree_to_new_words_replaces_the_older_yes(cast: Cast) -> None:
    agree(cast.teacher, RESEARCH, text_version="r-1", today=TODAY)

    agree(cast.teacher, RESEARCH, text_version="r-2", today=TODAY + dt.timedelta(days=3))

    assert [consent.text_version for consent in cast.teacher.consents.standing()] == ["r-2"]
    assert cast.teacher.consents.count() == 2


def test_withdraw_own_research_use_cancels_survey_messages_only(cast: Cast) -> None:
    agree(cast.teacher, RESEARCH, text_version="r-1", today=TODAY)
    fields = {"school": cast.school, "user": cast.teacher, "event_at": NOW, "due_at": NOW}
    for kind, state in [
        ("survey_invitation", "waiting"),
        ("survey_reminder", "parked"),
        ("booking_reminder", "waiting"),
    ]:
        Message.objects.create(kind=kind, about=f"{kind}:1", state=state, **fields)

    count = withdraw_consent(cast.teacher, RESEARCH, by=cast.teacher, today=TODAY)

    assert count == 1
    assert not cast.teacher.consents.standing().exists()
    assert dict(Message.objects.values_list("kind", "state")) == {
        "survey_invitation": "cancelled",
        "survey_reminder": "cancelled",
        "booking_reminder": "waiting",
    }


def test_withdraw_take_part_by_coordinator_keeps_the_row(cast: Cast) -> None:
    count = withdraw_consent(cast.mentor, TAKE_PART, by=cast.coordinator, today=TODAY)

    assert count == 1
    assert cast.mentor.consents.get().withdrawn_on == TODAY
    assert not User.objects.may_take_part().filter(pk=cast.mentor.pk).exists()


@pytest.mark.parametrize("by", ["teacher", "other_mentor", "admin", "stranger_coordinator"])
def test_withdraw_by_others_is_refused(cast: Cast, by: str) -> None:
    with pytest.raises(Refused):
        withdraw_consent(cast.mentor, TAKE_PART, by=getattr(cast, by), today=TODAY)

    assert cast.mentor.consents.standing().exists()


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("accounts_consent_standing_once", {}),
        ("accounts_consent_withdrawn_after_given", {"withdrawn_on": dt.date(2026, 8, 1), "given_on": TODAY}),
        ("accounts_consent_self_without_guardian", {"given_by": "self", "guardian": True}),
        ("accounts_consent_not_for_oneself", {"recorded_by": "mentor", "purpose": "research_use"}),
    ],
)
def test_consent_constraints_hold(cast: Cast, constraint: str, changes: dict[str, object]) -> None:
    values = {"person": cast.mentor, "recorded_by": cast.coordinator, **changes}
    if values.get("guardian"):
        values["guardian"] = Guardian.objects.create(student=cast.mentor, name="Rana")
    if values["recorded_by"] == "mentor":
        values["recorded_by"] = cast.mentor

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ConsentFactory(**values)


def test_guardian_with_blank_email_is_refused_by_the_database(cast: Cast) -> None:
    with pytest.raises(IntegrityError, match="accounts_guardian_email_not_blank"), transaction.atomic():
        Guardian.objects.create(student=cast.mentor, name="Rana", email="")
