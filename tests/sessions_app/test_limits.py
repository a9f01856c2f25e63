"""Why nothing fits, said to who looks; and the wish counted for the coordinator, who reads numbers only."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import SchoolClass
from mentorship.models import Availability, AvailabilityException, MentorTool, Participant, Refusal
from sessions_app.models import BookingRules, UnmetWish
from sessions_app.reports.limits import COUNTED_DAYS, unmet_tools, what_limits
from tests import factories
from tests.cast import NOW, TODAY

pytestmark = pytest.mark.usefixtures("in_november")
HTMX = {"HX-Request": "true"}


def not_in_program(cast):
    Participant.objects.filter(person=cast.teacher).update(left_on=TODAY)


def teacher_says_no_time(cast):
    Availability.objects.filter(person=cast.teacher).delete()


def no_mentor(cast):
    MentorTool.objects.all().delete()


def graded_and_refused(cast):
    art = SchoolClass.objects.create(school=cast.school, name="Art")
    art.teachers.add(cast.teacher)
    art.students.add(cast.mentor)
    Refusal.objects.create(person=cast.other_mentor, about=cast.teacher, made_at=NOW)


def no_room(cast):
    cast.school.rooms.update(in_view=False)


def too_near(cast):
    BookingRules.objects.create(school=cast.school, notice_minutes=30 * 24 * 60)


def book_each_week(cast, **who):
    """One booking on the Monday of each of the next weeks."""
    for week in range(5):
        start, end = cast.span(1, dt.date(2026, 11, 23) + dt.timedelta(weeks=week))
        factories.BookingFactory(program=cast.program, starts_at=start, ends_at=end, **who)


def teacher_full(cast):
    BookingRules.objects.create(school=cast.school, teacher_week_limit=1)
    book_each_week(cast, teacher=cast.teacher)


def mentors_full(cast):
    BookingRules.objects.create(school=cast.school, mentor_week_limit=1)
    for mentor in (cast.mentor, cast.other_mentor):
        book_each_week(cast, mentor=mentor)


def protected(cast):
    BookingRules.objects.create(school=cast.school, core_week_minutes=0)
    Availability.objects.filter(person__in=[cast.mentor, cast.other_mentor]).update(may_leave_class=True)


def never_at_once(cast):
    Availability.objects.filter(person=cast.teacher).exclude(period=cast.periods[0]).delete()
    Availability.objects.exclude(person=cast.teacher).filter(period=cast.periods[0]).delete()


CAUSES = [
    (not_in_program, "program", "not in this program yet"),
    (teacher_says_no_time, "teacher_time", "do not know your free periods"),
    (no_mentor, "mentor", "No mentor helps with Immersive Reader yet"),
    (graded_and_refused, "available", "No mentor for Immersive Reader is available to you"),
    (no_room, "room", "No room is marked as in view"),
    (too_near, "notice", "asks for more notice"),
    (teacher_full, "teacher_week", "as many bookings in these weeks"),
    (mentors_full, "mentor_week", "help as often in these weeks"),
    (protected, "protection", "would miss too much class"),
    (never_at_once, "time", "no free period in common"),
]


@pytest.mark.parametrize(("arrange", "limit", "_words"), CAUSES, ids=[cause[0].__name__ for cause in CAUSES])
def test_real_limit_is_named(cast, arrange, limit, _words):
    arrange(cast)

    assert what_limits(cast.teacher, tool=cast.tool, program=cast.program, now=NOW, today=TODAY) == limit


@pytest.mark.parametrize(("arrange", "limit", "words"), CAUSES[1:], ids=[cause[0].__name__ for cause in CAUSES[1:]])
def test_page_says_it_and_one_post_a_day_counts_the_wish(cast, sign_in, arrange, limit, words):
    arrange(cast)
    client = sign_in(cast.teacher)

    page = client.get(reverse("booking_find"), {"tool": cast.tool.pk}).content.decode()
    assert words in page
    assert 'hx-trigger="load, submit"' in page
    assert not UnmetWish.objects.exists()
    by_script = client.post(reverse("unmet_wish"), {"tool": cast.tool.pk, "learners": "all"}, headers=HTMX)
    by_hand = client.post(reverse("unmet_wish"), {"tool": cast.tool.pk, "learners": "all"}, follow=True)

    for answer in (by_script, by_hand):
        assert "The coordinator sees that nothing fitted: the tool, and no name." in answer.content.decode()
    wish = UnmetWish.objects.get()
    assert (wish.teacher, wish.tool, wish.date, wish.limit) == (cast.teacher, cast.tool, TODAY, limit)


def maya_never(cast):
    """Maya has no time at all."""
    Availability.objects.filter(person=cast.mentor).delete()


def nobody_on_thursday(cast):
    """Ms Ortiz has no time on that Thursday."""
    for period in cast.periods:
        AvailabilityException.objects.create(person=cast.teacher, date=cast.thursday, period=period, is_free=False)


def maya_not_on_thursday(cast):
    """Maya has no time on that Thursday."""
    for period in cast.periods:
        AvailabilityException.objects.create(person=cast.mentor, date=cast.thursday, period=period, is_free=False)


def maya_never_and_nobody_on_thursday(cast):
    maya_never(cast)
    nobody_on_thursday(cast)


CHOICES = [
    (nobody_on_thursday, {"day"}, "No time fits on that day. Another day fits."),
    (nobody_on_thursday, {"day", "mentor"}, "No time fits on that day. Another day fits."),
    (
        maya_not_on_thursday,
        {"day", "mentor"},
        "No time with this mentor fits on that day. Another day fits, or another",
    ),
    (maya_never, {"mentor"}, "No time with this mentor fits in the next three weeks. Another mentor fits."),
    (maya_never, {"name", "day"}, "No time with this mentor fits in the next three weeks. Another mentor fits."),
    (maya_never_and_nobody_on_thursday, {"mentor", "day"}, "Neither this mentor nor that day fits. Look without them."),
]


@pytest.mark.parametrize(("arrange", "chosen", "words"), CHOICES)
def test_choice_that_does_not_fit_is_named_and_is_no_unmet_wish(cast, sign_in, arrange, chosen, words):
    arrange(cast)
    choice = {"day": cast.thursday.isoformat(), "mentor": cast.mentor.pk, "name": "Maya"}

    asked = {"tool": cast.tool.pk} | {name: choice[name] for name in chosen}
    page = sign_in(cast.teacher).get(reverse("booking_find"), asked).content.decode()

    assert "No time fits this choice" in page
    assert words in page
    assert reverse("unmet_wish") not in page


def test_choice_where_nothing_fits_without_it_names_the_real_limit_and_counts(cast, sign_in):
    never_at_once(cast)

    asked = {"tool": cast.tool.pk, "day": cast.thursday.isoformat(), "mentor": cast.mentor.pk}
    page = sign_in(cast.teacher).get(reverse("booking_find"), asked).content.decode()

    assert "no free period in common" in page
    assert reverse("unmet_wish") in page


FOR_COORDINATOR = {
    teacher_says_no_time: "Ms Ortiz has not filled in any free periods yet.",
    no_mentor: "No mentor helps with Immersive Reader yet",
    graded_and_refused: "No mentor for Immersive Reader is available to Ms Ortiz.",
    no_room: "No room is marked as in view yet.",
    protected: "With a reason you may go past that.",
    never_at_once: "Ms Ortiz and the mentors for Immersive Reader have no free period in common",
}


@pytest.mark.parametrize(("arrange", "words"), FOR_COORDINATOR.items())
def test_coordinator_who_books_for_a_teacher_reads_the_limit_too(cast, sign_in, arrange, words):
    arrange(cast)

    page = sign_in(cast.coordinator).get(reverse("booking_for"), {"teacher": cast.teacher.pk, "tool": cast.tool.pk})

    assert words in page.content.decode()


def test_wish_that_is_no_wish_is_not_counted(cast, sign_in):
    """Something fits by now; or the tool is of another school, or none; or she is in no program."""
    client = sign_in(cast.teacher)
    finder = f"{reverse('booking_find')}?tool={cast.tool.pk}&learners=all"

    assert client.post(reverse("unmet_wish"), {"tool": cast.tool.pk}).url == finder
    assert client.post(reverse("unmet_wish"), {"tool": cast.tool.pk}, headers=HTMX)["HX-Redirect"] == finder
    never_at_once(cast)
    foreign = factories.ToolFactory(school=cast.stranger.school)
    for wrong in ({"tool": foreign.pk}, {"tool": "x"}, {}, {"tool": cast.tool.pk, "learners": "nobody"}):
        assert client.post(reverse("unmet_wish"), wrong).url == reverse("booking_find")
    Participant.objects.filter(person=cast.teacher).update(left_on=TODAY)
    assert client.post(reverse("unmet_wish"), {"tool": cast.tool.pk}).url == reverse("booking_find")
    assert not UnmetWish.objects.exists()


def test_coordinator_reads_numbers_by_tool_and_no_name(cast, sign_in):
    captions = factories.ToolFactory(school=cast.school, name="Captions")
    for tool, teacher, days, limit in (
        (cast.tool, cast.teacher, 0, "room"),
        (cast.tool, cast.other_teacher, 0, "time"),
        (cast.tool, cast.teacher, 1, "time"),
        (captions, cast.teacher, COUNTED_DAYS - 1, "mentor"),
        (captions, cast.teacher, COUNTED_DAYS, "mentor"),
    ):
        date = TODAY - dt.timedelta(days=days)
        UnmetWish.objects.create(program=cast.program, teacher=teacher, tool=tool, date=date, limit=limit)

    found = [(one.tool, one.count, one.limit) for one in unmet_tools(cast.school, today=TODAY)]
    page = sign_in(cast.coordinator).get(reverse("home")).content.decode()

    assert found == [("Immersive Reader", 3, "no free period in common"), ("Captions", 1, "no mentor helps with it")]
    assert "Wishes that found no time" in page
    assert "no mentor helps with it" in page
    assert "Ortiz" not in page
    assert unmet_tools(cast.stranger.school, today=TODAY) == []


def test_nobody_else_reads_them(cast, sign_in):
    UnmetWish.objects.create(program=cast.program, teacher=cast.teacher, tool=cast.tool, date=TODAY, limit="room")

    assert "Wishes that found no time" not in sign_in(cast.other_teacher).get(reverse("home")).content.decode()
