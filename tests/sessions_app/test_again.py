"""Booking the same mentor again from the home page."""

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Concern, SchoolClass, User
from mentorship.models import MentorTool, Participant, Program, Refusal
from sessions_app.models import Booking
from sessions_app.reports.again import helped_last
from tests import factories
from tests.cast import NOW, TODAY, Cast

Book = Callable[..., Booking]
AGO = dt.timedelta(days=7)


def helped(cast: Cast, mentor: User, *, ago: dt.timedelta = AGO, **differences: object) -> Booking:
    """A booking that is over."""
    span = {"starts_at": NOW - ago, "ends_at": NOW - ago + dt.timedelta(minutes=45)}
    row = {"program": cast.program, "teacher": cast.teacher, "mentor": mentor, "tool": cast.tool, **span}
    return factories.BookingFactory(**(row | differences))


def names(cast: Cast) -> list[str]:
    """Whom Ms Ortiz's home page offers again."""
    return [one.given_name for one in helped_last(cast.teacher, now=NOW, today=TODAY)]


def test_the_last_two_mentors_stand_there_the_latest_first(cast: Cast) -> None:
    third = factories.StudentFactory(school=cast.school, given_name="Ines")
    factories.ParticipantFactory(program=cast.program, person=third)
    helped(cast, cast.mentor, ago=dt.timedelta(days=20))
    helped(cast, cast.other_mentor, ago=dt.timedelta(days=5))
    helped(cast, cast.mentor, ago=dt.timedelta(days=2))

    assert names(cast) == ["Maya", "Leo"]


def refuses(cast: Cast) -> None:
    Refusal.objects.create(person=cast.mentor, about=cast.teacher, made_at=NOW)


def calls_for_help(cast: Cast) -> None:
    Concern.objects.create(school=cast.school, raised_by=cast.mentor, about=cast.teacher, raised_at=NOW)


def withdraws(cast: Cast) -> None:
    cast.mentor.consents.update(withdrawn_on=TODAY)


def left_the_program(cast: Cast) -> None:
    Participant.objects.filter(person=cast.mentor).update(left_on=TODAY)


def does_not_help_with_it_any_more(cast: Cast) -> None:
    MentorTool.objects.filter(mentor__user=cast.mentor).delete()


def is_in_her_class(cast: Cast) -> None:
    group = SchoolClass.objects.create(school=cast.school, name="7B")
    group.teachers.add(cast.teacher)
    group.students.add(cast.mentor)


def program_is_over(cast: Cast) -> None:
    Program.objects.update(ends_on=TODAY - dt.timedelta(days=1))


def was_cancelled(cast: Cast) -> None:
    Booking.objects.update(state=Booking.State.CANCELLED, ended_at=NOW, ended_by=cast.teacher)


def is_still_ahead(cast: Cast) -> None:
    Booking.objects.update(starts_at=NOW, ends_at=NOW + dt.timedelta(minutes=1))


def was_long_ago(cast: Cast) -> None:
    Booking.objects.update(starts_at=NOW - dt.timedelta(days=200), ends_at=NOW - dt.timedelta(days=199))


@pytest.mark.parametrize(
    "happens",
    [
        refuses, calls_for_help, withdraws, left_the_program, does_not_help_with_it_any_more, is_in_her_class,
        program_is_over, was_cancelled, is_still_ahead, was_long_ago,
    ],
)  # fmt: skip
def test_who_can_not_be_booked_again_is_not_offered(cast: Cast, happens: Callable[[Cast], None]) -> None:
    helped(cast, cast.mentor)
    before = names(cast)

    happens(cast)

    assert before == ["Maya"]
    assert names(cast) == []


def test_teacher_books_again_with_the_link_and_one_button(
    cast: Cast, sign_in: Callable[[User], Client], book: Book
) -> None:
    book()
    client = sign_in(cast.teacher)

    with time_machine.travel(cast.span()[1] + dt.timedelta(days=1), tick=False):
        home = client.get(reverse("home")).content.decode()
        link = f"{reverse('booking_find')}?tool={cast.tool.pk}&amp;learners=eb&amp;mentor={cast.mentor.pk}"
        found = client.get(link.replace("&amp;", "&"))

    assert f'href="{link}">Book Maya again: Immersive Reader</a>' in home
    offers = found.context["offers"]
    assert {offer.proposal.mentor.pk for offer in offers} == {cast.mentor.pk}
    assert "Has helped you before" in offers[0].proposal.reasons


def test_home_of_a_teacher_without_past_offers_nobody_again(cast: Cast, sign_in: Callable[[User], Client]) -> None:
    with time_machine.travel(NOW, tick=False):
        page = sign_in(cast.teacher).get(reverse("home")).content.decode()

    assert "Once more" not in page
