"""A yes and a no for oneself, and taking a yes back."""

import datetime as dt

import pytest

from accounts.models import Consent, ConsentText, Message, User
from accounts.services import Refused, answer_for_oneself, withdraw_consent
from tests.cast import NOW, TODAY, Cast
from tests.factories import ConsentFactory, ConsentTextFactory, agree_to_surveys

TAKE_PART, SURVEYS, RESEARCH = Consent.Purpose.TAKE_PART, Consent.Purpose.ANSWER_SURVEYS, Consent.Purpose.RESEARCH_USE
TOMORROW = TODAY + dt.timedelta(days=1)


def may_take_part(person: User) -> bool:
    return User.objects.may_take_part().filter(pk=person.pk).exists()


def text_of(cast: Cast, purpose: str, reader: str) -> ConsentText:
    return cast.school.consent_texts.get(purpose=purpose, reader=reader, language="en", version=1)


def test_answer_for_oneself_twice_is_one_yes(cast: Cast) -> None:
    text = text_of(cast, RESEARCH, "teacher")
    first = answer_for_oneself(text, says_yes=True, by=cast.teacher, today=TODAY)

    again = answer_for_oneself(text, says_yes=True, by=cast.teacher, today=TOMORROW)

    assert again == first
    assert (first.given_by, first.recorded_by, first.given_on, first.text) == ("self", cast.teacher, TODAY, text)


def test_answer_to_newer_words_replaces_the_older_yes(cast: Cast) -> None:
    answer_for_oneself(text_of(cast, RESEARCH, "teacher"), says_yes=True, by=cast.teacher, today=TODAY)
    newer = ConsentTextFactory(school=cast.school, purpose=RESEARCH, reader="teacher", version=2)

    answer_for_oneself(newer, says_yes=True, by=cast.teacher, today=TOMORROW)

    assert [consent.text for consent in cast.teacher.consents.standing()] == [newer]
    assert cast.teacher.consents.count() == 2


def test_a_no_is_kept_and_never_stands_and_can_become_a_yes(cast: Cast) -> None:
    text = text_of(cast, RESEARCH, "teacher")
    no = answer_for_oneself(text, says_yes=False, by=cast.teacher, today=TODAY)

    yes = answer_for_oneself(text, says_yes=True, by=cast.teacher, today=TOMORROW)

    assert (no.is_refusal, no.withdrawn_on) == (True, TODAY)
    assert list(cast.teacher.consents.standing()) == [yes]


@pytest.mark.parametrize(
    ("who", "reader", "changes", "words"),
    [
        ("teacher", "student", {}, "not for you"),
        ("teacher", "guardian", {}, "not for you"),
        ("mentor", "teacher", {}, "not for you"),
        ("coordinator", "teacher", {}, "can't do this"),
        ("stranger", "teacher", {}, "can't do this"),
        ("teacher", "teacher", {"approved_at": None, "approved_by": None}, "changed"),
    ],
)
def test_answer_for_oneself_refused_writes_nothing(
    cast: Cast, who: str, reader: str, changes: dict[str, object], words: str
) -> None:
    text = text_of(cast, RESEARCH, reader)
    ConsentText.objects.filter(pk=text.pk).update(**changes)
    text.refresh_from_db()
    before = Consent.objects.count()

    with pytest.raises(Refused, match=words):
        answer_for_oneself(text, says_yes=True, by=getattr(cast, who), today=TODAY)

    assert Consent.objects.count() == before


def test_answer_to_words_that_are_no_longer_the_newest_is_refused(cast: Cast) -> None:
    ConsentTextFactory(school=cast.school, purpose=RESEARCH, reader="teacher", version=2)

    with pytest.raises(Refused, match="changed"):
        answer_for_oneself(text_of(cast, RESEARCH, "teacher"), says_yes=True, by=cast.teacher, today=TODAY)


def test_a_no_where_a_yes_stands_is_refused_since_it_is_a_withdrawal(cast: Cast) -> None:
    with pytest.raises(Refused, match="take it back"):
        answer_for_oneself(text_of(cast, TAKE_PART, "student"), says_yes=False, by=cast.mentor, today=TODAY)

    assert may_take_part(cast.mentor)


@pytest.mark.parametrize("how", ["withdrawn", "refused"])
def test_the_end_of_a_yes_about_surveys_cancels_survey_messages_only(cast: Cast, how: str) -> None:
    fields = {"school": cast.school, "user": cast.teacher, "event_at": NOW, "due_at": NOW}
    for kind, state in [
        ("survey_invitation", "waiting"),
        ("survey_reminder", "parked"),
        ("booking_reminder", "waiting"),
    ]:
        Message.objects.create(kind=kind, about=f"{kind}:1", state=state, **fields)
    if how == "withdrawn":
        agree_to_surveys(cast.teacher)

    if how == "withdrawn":
        count = withdraw_consent(cast.teacher, SURVEYS, by=cast.teacher, today=TODAY)
    else:
        answer_for_oneself(text_of(cast, SURVEYS, "teacher"), says_yes=False, by=cast.teacher, today=TODAY)
        count = 1

    assert count == 1
    assert not cast.teacher.consents.standing().filter(purpose=SURVEYS).exists()
    assert dict(Message.objects.values_list("kind", "state")) == {
        "survey_invitation": "cancelled",
        "survey_reminder": "cancelled",
        "booking_reminder": "waiting",
    }


@pytest.mark.parametrize(
    ("by", "given_by", "left"),
    [
        ("coordinator", None, "self"),
        ("coordinator", "guardian", "self"),
        ("coordinator", "self", "guardian"),
        ("mentor", None, "guardian"),
    ],
)
def test_withdrawal_ends_the_yes_of_one_side_and_keeps_the_row(
    cast: Cast, by: str, given_by: str | None, left: str
) -> None:
    count = withdraw_consent(cast.mentor, TAKE_PART, by=getattr(cast, by), today=TODAY, given_by=given_by)

    assert count == 1
    assert cast.mentor.consents.standing().get().given_by == left
    assert cast.mentor.consents.exclude(withdrawn_on=None).get().withdrawn_on == TODAY
    assert not may_take_part(cast.mentor)


def test_a_teachers_yes_is_withdrawn_by_the_coordinator_on_her_word(cast: Cast) -> None:
    agree_to_surveys(cast.teacher)

    assert withdraw_consent(cast.teacher, RESEARCH, by=cast.coordinator, today=TODAY) == 1


@pytest.mark.parametrize(
    ("by", "given_by"),
    [
        ("teacher", None),
        ("other_mentor", None),
        ("admin", None),
        ("stranger_coordinator", None),
        ("mentor", "guardian"),
    ],
)
def test_withdraw_by_others_is_refused(cast: Cast, by: str, given_by: str | None) -> None:
    with pytest.raises(Refused):
        withdraw_consent(cast.mentor, TAKE_PART, by=getattr(cast, by), today=TODAY, given_by=given_by)

    assert cast.mentor.consents.standing().count() == 2


@pytest.mark.parametrize(
    ("agreed", "research", "surveys"),
    [
        ([], False, False),
        ([("research_use", "self")], False, False),
        ([("research_use", "guardian")], False, False),
        ([("research_use", "self"), ("research_use", "guardian")], True, False),
        ([("answer_surveys", "self"), ("answer_surveys", "guardian")], False, True),
    ],
)
def test_a_students_answers_need_the_guardians_yes_and_the_own(
    cast: Cast, agreed: list[tuple[str, str]], research: bool, surveys: bool
) -> None:
    for purpose, given_by in agreed:
        ConsentFactory(person=cast.mentor, purpose=purpose, given_by=given_by)
    people = User.objects.filter(pk=cast.mentor.pk)

    assert (people.agreed_to_research().exists(), people.agreed_to_surveys().exists()) == (research, surveys)


def test_open_to_surveys_leaves_out_who_said_no_or_took_it_back_and_left_it_at_that(cast: Cast) -> None:
    text = text_of(cast, SURVEYS, "teacher")
    answer_for_oneself(text, says_yes=False, by=cast.teacher, today=TODAY)
    people = User.objects.filter(pk__in=[cast.teacher.pk, cast.other_teacher.pk])
    after_no = set(people.open_to_surveys())

    answer_for_oneself(text, says_yes=True, by=cast.teacher, today=TODAY)

    assert after_no == {cast.other_teacher}
    assert set(people.open_to_surveys()) == {cast.teacher, cast.other_teacher}
