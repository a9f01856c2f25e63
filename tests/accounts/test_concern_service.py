"""Concerns: who is told, who may answer, and what no message says."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import Concern, Message, User
from accounts.permissions import Role
from accounts.services import Refused, answer_concern, close_concern, open_concern
from accounts.services.concern import tell_new_reader
from tests.cast import NOW, Cast
from tests.factories import UserFactory


def recipients(concern: Concern) -> set[User]:
    return {message.user for message in Message.objects.filter(about=f"concern:{concern.pk}")}


def test_open_concern_tells_coordinators_and_second_adult_without_its_words(cast: Cast) -> None:
    cast.school.second_adult = cast.other_teacher
    cast.school.save()

    concern = open_concern(by=cast.mentor, about=cast.teacher, text="She shouted.", now=NOW)

    assert recipients(concern) == {cast.coordinator, cast.other_teacher}
    for message in Message.objects.filter(kind="concern_raised"):
        assert (message.lead_minutes, message.due_at) == (0, NOW)
        assert message.context == {"path": f"/concerns/{concern.pk}/", "is_unread": False}
    assert (concern.text, concern.about, concern.closed_at) == ("She shouted.", cast.teacher, None)


def test_open_concern_about_the_only_coordinator_reaches_the_second_adult_alone(cast: Cast) -> None:
    cast.school.second_adult = cast.other_teacher
    cast.school.save()

    concern = open_concern(by=cast.mentor, about=cast.coordinator, text="", now=NOW)

    assert recipients(concern) == {cast.other_teacher}
    assert concern not in Concern.objects.visible_to(cast.coordinator)
    assert concern in Concern.objects.visible_to(cast.other_teacher)


def test_open_concern_that_nobody_may_read_tells_the_admin_to_name_a_second_adult(cast: Cast) -> None:
    concern = open_concern(by=cast.mentor, about=cast.coordinator, text="", now=NOW)

    assert recipients(concern) == {cast.admin}
    assert Message.objects.get(user=cast.admin).context == {"path": "/school/limits/", "is_unread": True}
    assert concern not in Concern.objects.visible_to(cast.admin)


def test_open_concern_does_not_tell_people_who_left_or_the_raiser(cast: Cast) -> None:
    UserFactory(school=cast.school, roles=[Role.COORDINATOR], is_active=False)
    colleague = UserFactory(school=cast.school, roles=[Role.COORDINATOR])

    concern = open_concern(by=cast.coordinator, about=None, text="Help", now=NOW)

    assert recipients(concern) == {colleague}


@pytest.mark.parametrize("about", ["stranger", "mentor"])
def test_open_concern_about_a_stranger_or_oneself_is_refused(cast: Cast, about: str) -> None:
    with pytest.raises(Refused):
        open_concern(by=cast.mentor, about=getattr(cast, about), text="", now=NOW)

    assert not Concern.objects.exists()
    assert not Message.objects.exists()


def test_answer_then_close_concern(cast: Cast) -> None:
    concern = open_concern(by=cast.mentor, about=cast.teacher, text="", now=NOW)

    answer_concern(concern, answer="Come to my room.", by=cast.coordinator)
    still_open = Concern.objects.open().filter(pk=concern.pk).exists()
    close_concern(concern, answer="We talked.", by=cast.coordinator, now=NOW)

    concern.refresh_from_db()
    assert still_open
    assert (concern.answer, concern.closed_at, concern.closed_by) == ("We talked.", NOW, cast.coordinator)


@pytest.mark.parametrize("by", ["teacher", "mentor", "other_teacher", "admin", "stranger_coordinator"])
def test_close_concern_by_others_is_refused(cast: Cast, by: str) -> None:
    concern = open_concern(by=cast.mentor, about=cast.teacher, text="", now=NOW)

    with pytest.raises(Refused):
        close_concern(concern, answer="Nothing happened.", by=getattr(cast, by), now=NOW)

    concern.refresh_from_db()
    assert (concern.answer, concern.closed_at) == ("", None)


def test_close_concern_about_oneself_is_refused(cast: Cast) -> None:
    concern = open_concern(by=cast.mentor, about=cast.coordinator, text="", now=NOW)

    with pytest.raises(Refused):
        close_concern(concern, answer="Nothing.", by=cast.coordinator, now=NOW)

    concern.refresh_from_db()
    assert concern.closed_at is None


@pytest.mark.parametrize("answer", ["", "  "])
def test_close_concern_without_words_is_refused(cast: Cast, answer: str) -> None:
    concern = open_concern(by=cast.mentor, about=None, text="", now=NOW)

    with pytest.raises(Refused, match="answer"):
        close_concern(concern, answer=answer, by=cast.coordinator, now=NOW)

    concern.refresh_from_db()
    assert concern.closed_at is None


def test_close_concern_twice_is_refused_and_keeps_the_first_answer(cast: Cast) -> None:
    concern = open_concern(by=cast.mentor, about=None, text="", now=NOW)
    close_concern(concern, answer="First.", by=cast.coordinator, now=NOW)

    with pytest.raises(Refused, match="already"):
        close_concern(concern, answer="Second.", by=cast.coordinator, now=NOW)

    concern.refresh_from_db()
    assert concern.answer == "First."


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("accounts_concern_closed_by_someone", {"closed_at": NOW}),
        ("accounts_concern_about_another", {"about": "mentor"}),
        ("accounts_concern_not_closed_by_raiser", {"closed_at": NOW, "closed_by": "mentor"}),
    ],
)
def test_concern_constraints_hold(cast: Cast, constraint: str, changes: dict[str, object]) -> None:
    values = {name: cast.mentor if value == "mentor" else value for name, value in changes.items()}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Concern.objects.create(school=cast.school, raised_by=cast.mentor, raised_at=NOW, **values)


def test_a_new_second_adult_is_told_of_the_calls_that_nobody_could_read(cast: Cast) -> None:
    unread = open_concern(by=cast.mentor, about=cast.coordinator, text="Secret words", now=NOW)
    closed = open_concern(by=cast.mentor, about=None, text="", now=NOW)
    close_concern(closed, answer="Settled", by=cast.coordinator, now=NOW)
    own = open_concern(by=cast.other_teacher, about=cast.coordinator, text="", now=NOW)
    cast.school.second_adult = cast.other_teacher
    cast.school.save()
    cast.other_teacher.refresh_from_db()

    first = tell_new_reader(cast.other_teacher, now=NOW)
    again = tell_new_reader(cast.other_teacher, now=NOW)

    message = Message.objects.get(user=cast.other_teacher)
    assert (first, again) == (1, 0)
    assert message.about == f"concern:{unread.pk}", f"neither the closed one nor the own one ({own.pk})"
    assert message.context == {"path": f"/concerns/{unread.pk}/", "is_unread": False}


def test_the_admin_who_names_a_second_adult_lets_her_be_told(cast: Cast) -> None:
    open_concern(by=cast.mentor, about=cast.coordinator, text="", now=NOW)
    client = Client()
    client.force_login(cast.admin)

    client.post("/school/limits/", {"minimum_group_size": 10, "second_adult": cast.other_teacher.pk})
    nobody = client.post("/school/limits/", {"minimum_group_size": 10, "second_adult": ""})

    assert nobody.status_code == 302
    assert Message.objects.filter(user=cast.other_teacher, kind="concern_raised").count() == 1


def test_open_concern_by_somebody_without_a_hat_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="Only people of a school"):
        open_concern(by=UserFactory(school=cast.school, roles=[]), about=None, text="Help.", now=NOW)

    assert not Concern.objects.exists()
