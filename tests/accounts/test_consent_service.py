"""Consents: recorded from paper, corrected, answered for oneself, withdrawn."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Consent, ConsentText, Guardian, User
from accounts.permissions import Role
from accounts.services import Paper, Refused, answer_for_oneself, record_consent, withdraw_consent
from accounts.services.consent import correct_consent, guardian_named, record_papers
from tests.cast import NOW, TODAY, Cast
from tests.factories import ConsentFactory, ConsentTextFactory, StudentFactory

TAKE_PART, SURVEYS, RESEARCH = Consent.Purpose.TAKE_PART, Consent.Purpose.ANSWER_SURVEYS, Consent.Purpose.RESEARCH_USE
TOMORROW = TODAY + dt.timedelta(days=1)


@pytest.fixture
def newcomer(cast: Cast) -> User:
    """A student without any consent."""
    return StudentFactory(school=cast.school, given_name="Sami", family_name="Khoury")


def paper(person: User, **changes: Any) -> Paper:
    words = {"guardian_name": "Rana Khoury", "guardian_language": "en", "given_on": TODAY, "answers": {TAKE_PART: True}}
    return Paper(person=person, **{**words, **changes})


def may_take_part(person: User) -> bool:
    return User.objects.may_take_part().filter(pk=person.pk).exists()


def text_of(cast: Cast, purpose: str, reader: str) -> ConsentText:
    return cast.school.consent_texts.get(purpose=purpose, reader=reader, language="en", version=1)


def test_both_signatures_let_a_student_take_part_and_one_alone_does_not(cast: Cast, newcomer: User) -> None:
    record_consent(paper(newcomer), by=cast.coordinator, today=TODAY)
    with_the_guardians = may_take_part(newcomer)

    record_consent(paper(newcomer, has_student_signed=True), by=cast.coordinator, today=TODAY)

    own = newcomer.consents.get(given_by="self")
    assert with_the_guardians is False
    assert may_take_part(newcomer)
    assert newcomer.consents.count() == 2, "what stood already was left as it was"
    assert (own.guardian, own.recorded_by, own.text.label) == (None, cast.coordinator, "take_part/student/en/1")


def test_the_students_own_yes_alone_does_not_do(cast: Cast, newcomer: User) -> None:
    answer_for_oneself(text_of(cast, TAKE_PART, "student"), says_yes=True, by=newcomer, today=TODAY)

    assert not may_take_part(newcomer)


def test_record_consent_keeps_the_words_the_guardian_and_each_answer(cast: Cast, newcomer: User) -> None:
    answers = {TAKE_PART: True, SURVEYS: True, RESEARCH: False}

    record_consent(paper(newcomer, answers=answers, guardian_language="es"), by=cast.coordinator, today=TODAY)

    rows = {row.purpose: row for row in newcomer.consents.select_related("text", "guardian")}
    assert rows[TAKE_PART].text.label == "take_part/guardian/en/1", "Spanish is a draft still"
    assert (rows[TAKE_PART].guardian.name, rows[TAKE_PART].guardian.language) == ("Rana Khoury", "es")
    assert [(rows[name].is_refusal, rows[name].withdrawn_on) for name in (SURVEYS, RESEARCH)] == [
        (False, None), (True, TODAY),
    ]  # fmt: skip


def test_record_consent_by_a_known_guardian_makes_no_second_one(cast: Cast, newcomer: User) -> None:
    known = Guardian.objects.create(student=newcomer, name="Rana Khoury", language="ar", email="rana@example.org")

    record_consent(paper(newcomer, guardian=known, guardian_name=""), by=cast.coordinator, today=TODAY)
    by_name = paper(newcomer, guardian_name="rana khoury", answers={SURVEYS: True})
    record_consent(by_name, by=cast.coordinator, today=TODAY)

    assert Guardian.objects.filter(student=newcomer).count() == 1
    assert Guardian.objects.get(student=newcomer).email == "rana@example.org"


@pytest.mark.parametrize(
    ("person", "by", "changes", "words"),
    [
        ("newcomer", "teacher", {}, "Only a coordinator"),
        ("newcomer", "admin", {}, "Only a coordinator"),
        ("newcomer", "stranger_coordinator", {}, "Only a coordinator"),
        ("newcomer", "coordinator", {"given_on": TOMORROW}, "future"),
        ("newcomer", "coordinator", {"guardian_name": "june lane"}, "themselves"),
        ("newcomer", "coordinator", {"guardian_email": "LANE@example.org"}, "themselves"),
        ("teacher", "coordinator", {}, "Only a student"),
        ("mentor", "coordinator", {}, "on record already"),
        ("mentor", "coordinator", {"answers": {TAKE_PART: False}}, "Withdraw it"),
        ("mentor", "coordinator", {"answers": {}}, "on record already"),
    ],
)
def test_record_consent_refused_writes_nothing(
    cast: Cast, newcomer: User, person: str, by: str, changes: dict[str, object], words: str
) -> None:
    subject = newcomer if person == "newcomer" else getattr(cast, person)
    before = Consent.objects.count()

    with pytest.raises(Refused, match=words):
        record_consent(paper(subject, **changes), by=getattr(cast, by), today=TODAY)

    assert (Consent.objects.count(), Guardian.objects.count()) == (before, 0)


def test_record_consent_for_oneself_is_refused(cast: Cast) -> None:
    both = StudentFactory(school=cast.school, roles=[Role.STUDENT, Role.COORDINATOR])

    with pytest.raises(Refused, match="themselves"):
        record_consent(paper(both), by=both, today=TODAY)

    assert not both.consents.exists()


def test_record_consent_to_a_draft_is_refused(cast: Cast, newcomer: User) -> None:
    cast.school.consent_texts.filter(purpose=TAKE_PART).update(approved_at=None, approved_by=None)

    with pytest.raises(Refused, match="has not approved"):
        record_consent(paper(newcomer), by=cast.coordinator, today=TODAY)

    assert not newcomer.consents.exists()


def test_record_consent_from_before_the_text_that_asks_again_is_refused(cast: Cast, newcomer: User) -> None:
    ConsentTextFactory(school=cast.school, version=2, asks_again=True, approved_at=NOW)

    with pytest.raises(Refused, match="older than the text"):
        record_consent(paper(newcomer, given_on=TODAY - dt.timedelta(days=1)), by=cast.coordinator, today=TODAY)
    record_consent(paper(newcomer), by=cast.coordinator, today=TODAY)

    assert newcomer.consents.get().text.version == 2


def test_record_consent_of_a_foreign_guardian_is_refused(cast: Cast, newcomer: User) -> None:
    foreign = Guardian.objects.create(student=cast.mentor, name="Rosa")

    with pytest.raises(Refused, match="not a guardian"):
        record_consent(paper(newcomer, guardian=foreign), by=cast.coordinator, today=TODAY)

    assert not newcomer.consents.exists()


def test_record_papers_writes_all_or_none_and_tells_which_is_wrong(cast: Cast, newcomer: User) -> None:
    other = StudentFactory(school=cast.school)
    good, bad = paper(newcomer), paper(other, given_on=TOMORROW)

    wrong = record_papers([good, bad], by=cast.coordinator, today=TODAY)
    written = Consent.objects.filter(person__in=[newcomer, other]).count()
    fine = record_papers([good, paper(other)], by=cast.coordinator, today=TODAY)

    assert list(wrong) == [1]
    assert "future" in wrong[1]
    assert (written, fine) == (0, {})
    assert Consent.objects.filter(person__in=[newcomer, other]).count() == 2


def test_correct_consent_changes_day_and_guardian_and_not_what_was_said(cast: Cast, newcomer: User) -> None:
    yes, no = record_consent(
        paper(newcomer, answers={TAKE_PART: True, RESEARCH: False}), by=cast.coordinator, today=TODAY
    )
    day = TODAY - dt.timedelta(days=9)
    other = guardian_named(newcomer, guardian_name="Nabil Khoury", guardian_language="ar")

    for consent in (yes, no):
        correct_consent(consent, guardian=other, given_on=day, by=cast.coordinator, today=TODAY)

    yes.refresh_from_db()
    no.refresh_from_db()
    assert (yes.guardian.name, yes.given_on, yes.withdrawn_on) == ("Nabil Khoury", day, None)
    assert (no.given_on, no.withdrawn_on, no.is_refusal) == (day, day, True)


@pytest.mark.parametrize(
    ("by", "changes", "words"),
    [
        ("teacher", {}, "can't do this"),
        ("stranger_coordinator", {}, "can't do this"),
        ("coordinator", {"given_on": TOMORROW}, "future"),
        ("coordinator", {"guardian": "foreign"}, "not a guardian"),
        ("coordinator", {"guardian": "own"}, "themselves"),
    ],
)
def test_correct_consent_refused_changes_nothing(
    cast: Cast, newcomer: User, by: str, changes: dict[str, Any], words: str
) -> None:
    [consent] = record_consent(paper(newcomer), by=cast.coordinator, today=TODAY)
    guardians = {
        "foreign": Guardian(student=cast.mentor, name="Rosa"),
        "own": Guardian(student=newcomer, name=cast.coordinator.full_name),
        "same": consent.guardian,
    }
    guardian = guardians[changes.get("guardian", "same")]

    with pytest.raises(Refused, match=words):
        correct_consent(
            consent, guardian=guardian, given_on=changes.get("given_on", TODAY), by=getattr(cast, by), today=TODAY
        )

    consent.refresh_from_db()
    assert (consent.guardian.name, consent.given_on) == ("Rana Khoury", TODAY)


def test_correct_consent_after_the_withdrawal_or_of_an_own_answer_is_refused(cast: Cast, newcomer: User) -> None:
    early = TODAY - dt.timedelta(days=5)
    [consent] = record_consent(paper(newcomer, given_on=early), by=cast.coordinator, today=TODAY)
    withdraw_consent(newcomer, TAKE_PART, by=cast.coordinator, today=early)
    own = answer_for_oneself(text_of(cast, TAKE_PART, "student"), says_yes=True, by=newcomer, today=TODAY)

    with pytest.raises(Refused):
        correct_consent(consent, guardian=consent.guardian, given_on=TODAY, by=cast.coordinator, today=TODAY)
    with pytest.raises(Refused, match="guardian's paper"):
        correct_consent(own, guardian=consent.guardian, given_on=early, by=cast.coordinator, today=TODAY)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("accounts_consent_standing_once", {}),
        ("accounts_consent_withdrawn_after_given", {"withdrawn_on": dt.date(2026, 8, 1), "given_on": TODAY}),
        ("accounts_consent_self_without_guardian", {"given_by": "self", "guardian": True, "purpose": "research_use"}),
        ("accounts_consent_not_for_oneself", {"recorded_by": "mentor", "purpose": "research_use"}),
        ("accounts_consent_refusal_never_stands", {"is_refusal": True, "purpose": "research_use"}),
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
