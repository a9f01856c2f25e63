"""The common-free finder: whom it proposes, when, why, and at what cost."""

import datetime as dt
from collections.abc import Callable

import pytest

from accounts.models import Concern, PeriodTime
from accounts.permissions import Role
from mentorship.models import Availability, AvailabilityException, Mentor, MentorTool, Pairing, Participant, Program
from sessions_app.models import Booking, Hold
from sessions_app.models.rules import OF_PROGRAM
from sessions_app.reports.finder import Proposal, free_mentors, propose
from tests import factories
from tests.cast import NOW, TODAY, Cast

Book = Callable[..., Booking]


def proposals(cast: Cast, **differences: object) -> list[Proposal]:
    """What Ms Ortiz is proposed for the cast's tool today."""
    wish = {"tool": cast.tool, "program": cast.program, "now": NOW, "today": TODAY} | differences
    return propose(wish.pop("teacher", cast.teacher), **wish)


def free_at_four(cast: Cast) -> set[str]:
    """Short names of the mentors who are free on Thursday, 4th period."""
    found = free_mentors(
        cast.teacher, tool=cast.tool, program=cast.program, day=cast.thursday, period=cast.periods[3], now=NOW
    )
    return {proposal.mentor.short_name for proposal in found}


def test_first_proposals_are_three_different_times_of_the_next_school_day(cast: Cast) -> None:
    found = proposals(cast)

    assert [(p.day, p.period) for p in found] == [(dt.date(2026, 11, 23), period) for period in cast.periods[:3]]
    assert all(p.room in (cast.room, cast.other_room) for p in found)


def test_proposal_can_be_booked_as_it_stands(cast: Cast, book: Book) -> None:
    for proposal in proposals(cast, limit=4):
        booking = book(mentor=proposal.mentor, room=proposal.room, day=proposal.day, period=proposal.period)

        assert (booking.starts_at, booking.ends_at) == (proposal.starts_at, proposal.ends_at)


def test_own_pair_comes_before_a_stranger_and_says_so(cast: Cast) -> None:
    factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.other_mentor)

    best = proposals(cast)[0]

    assert best.mentor == cast.other_mentor
    assert "You two are a pair" in best.reasons


def test_closed_pair_is_no_reason(cast: Cast) -> None:
    factories.PairingFactory(
        program=cast.program, teacher=cast.teacher, student=cast.other_mentor, state=Pairing.State.CLOSED,
        closed_on=TODAY, close_reason="Over",
    )  # fmt: skip

    assert all("You two are a pair" not in proposal.reasons for proposal in proposals(cast))


def test_better_knowledge_of_the_tool_comes_first(cast: Cast) -> None:
    MentorTool.objects.filter(mentor__user=cast.other_mentor).update(level=MentorTool.Level.EXPERT)

    best = proposals(cast)[0]

    assert best.mentor == cast.other_mentor
    assert "Knows Immersive Reader very well" in best.reasons


def test_language_counts_for_emergent_bilingual_learners(cast: Cast) -> None:
    Mentor.objects.filter(user=cast.mentor).update(languages=["en"])

    best = proposals(cast, learner_group="eb")[0]

    assert best.mentor == cast.other_mentor
    assert "Speaks Spanish" in best.reasons


def test_earlier_help_is_a_reason(cast: Cast, book: Book) -> None:
    book(mentor=cast.other_mentor, day=dt.date(2026, 11, 23), period=cast.periods[0])

    later = proposals(cast, now=dt.datetime(2026, 11, 24, 1, 0, tzinfo=dt.UTC), today=dt.date(2026, 11, 23))

    assert later[0].mentor == cast.other_mentor
    assert "Has helped you before" in later[0].reasons


def test_mentor_who_does_not_know_the_tool_is_not_found(cast: Cast) -> None:
    MentorTool.objects.filter(mentor__user=cast.mentor).delete()

    assert free_at_four(cast) == {"Leo T."}


def test_mentor_without_consent_is_not_found(cast: Cast) -> None:
    cast.mentor.consents.update(withdrawn_on=TODAY)

    assert free_at_four(cast) == {"Leo T."}


def test_mentor_who_left_the_program_is_not_found(cast: Cast) -> None:
    Participant.objects.filter(person=cast.mentor).update(left_on=TODAY)

    assert free_at_four(cast) == {"Leo T."}


def test_deactivated_mentor_is_not_found(cast: Cast) -> None:
    cast.mentor.is_active = False
    cast.mentor.save()

    assert free_at_four(cast) == {"Leo T."}


@pytest.mark.parametrize("raised_by_mentor", [True, False])
def test_open_concern_between_the_two_hides_the_mentor(cast: Cast, raised_by_mentor: bool) -> None:
    raised_by, about = (cast.mentor, cast.teacher) if raised_by_mentor else (cast.teacher, cast.mentor)
    Concern.objects.create(school=cast.school, raised_by=raised_by, about=about, raised_at=NOW)

    assert free_at_four(cast) == {"Leo T."}


def test_concern_about_nobody_hides_nobody(cast: Cast) -> None:
    Concern.objects.create(school=cast.school, raised_by=cast.mentor, raised_at=NOW)

    assert free_at_four(cast) == {"Leo T.", "Maya R."}


def test_held_mentor_is_not_found(cast: Cast, book: Book) -> None:
    book(teacher=cast.other_teacher)

    assert free_at_four(cast) == {"Leo T."}


def test_held_teacher_finds_nobody(cast: Cast, book: Book) -> None:
    book()

    assert free_at_four(cast) == set()


def test_time_that_only_touches_a_hold_is_free(cast: Cast) -> None:
    playground = factories.PlaygroundSessionFactory(program=cast.program)
    start, end = cast.span(4)
    Hold.objects.create(person=cast.mentor, playground=playground, during=(end, end + dt.timedelta(hours=1)))
    Hold.objects.create(person=cast.mentor, playground=playground, during=(start - dt.timedelta(hours=1), start))

    assert "Maya R." in free_at_four(cast)


def test_unfree_period_is_not_proposed_for_either(cast: Cast) -> None:
    Availability.objects.filter(person=cast.mentor, period=cast.periods[3]).delete()
    assert free_at_four(cast) == {"Leo T."}

    Availability.objects.filter(person=cast.teacher, period=cast.periods[3]).delete()
    assert free_at_four(cast) == set()


def test_exceptions_by_date_decide(cast: Cast) -> None:
    fourth = cast.periods[3]
    AvailabilityException.objects.create(person=cast.mentor, date=cast.thursday, period=fourth, is_free=False)
    Availability.objects.filter(person=cast.other_mentor, period=fourth).delete()
    AvailabilityException.objects.create(person=cast.other_mentor, date=cast.thursday, period=fourth, is_free=True)

    assert free_at_four(cast) == {"Leo T."}


def test_no_room_in_view_that_is_free_means_no_proposal(cast: Cast, book: Book) -> None:
    cast.other_room.in_view = False
    cast.other_room.save()
    book(teacher=cast.other_teacher, mentor=cast.other_mentor)

    assert free_at_four(cast) == set()


def test_grade_with_own_bells_is_found_at_its_own_time_only(cast: Cast) -> None:
    bells = factories.BellScheduleFactory(school=cast.school, grades=["8"])
    PeriodTime.objects.create(
        bell_schedule=bells, day_type=cast.day_type, period=cast.periods[3], starts=dt.time(12), ends=dt.time(12, 45)
    )
    cast.other_mentor.grade = "8"
    cast.other_mentor.save()

    found = free_mentors(
        cast.teacher, tool=cast.tool, program=cast.program, day=cast.thursday, period=cast.periods[3], now=NOW
    )

    assert {(p.mentor.short_name, p.starts_at.hour) for p in found} == {("Maya R.", 16), ("Leo T.", 18)}


def test_another_schools_mentor_is_never_found(cast: Cast) -> None:
    stranger = factories.StudentFactory(school=cast.stranger.school)
    MentorTool.objects.create(mentor=Mentor.objects.create(user=stranger), tool=cast.tool)
    factories.let_take_part(stranger, recorded_by=cast.stranger_coordinator)

    assert free_at_four(cast) == {"Leo T.", "Maya R."}


def test_proposals_stop_at_the_end_of_the_program(cast: Cast) -> None:
    cast.program.ends_on = TODAY
    cast.program.save()

    assert proposals(cast) == []


def test_two_hats_do_not_propose_oneself(cast: Cast) -> None:
    cast.teacher.roles = [Role.TEACHER, Role.STUDENT]
    cast.teacher.save()
    MentorTool.objects.create(mentor=Mentor.objects.create(user=cast.teacher), tool=cast.tool)

    assert "Ana O." not in free_at_four(cast)


@pytest.mark.parametrize("more", [0, 30])
def test_finder_costs_two_statements_at_any_number(
    cast: Cast, more: int, django_assert_num_queries: Callable[..., object]
) -> None:
    for _n in range(more):
        student = factories.StudentFactory(school=cast.school)
        factories.ParticipantFactory(program=cast.program, person=student)
        factories.let_take_part(student, recorded_by=cast.coordinator)
        MentorTool.objects.create(mentor=Mentor.objects.create(user=student), tool=cast.tool)
        Availability.objects.create(person=student, day_type=cast.day_type, period=cast.periods[3])

    cast.program = Program.objects.select_related(OF_PROGRAM).get()

    with django_assert_num_queries(2):
        assert len(free_at_four(cast)) == 2 + more
