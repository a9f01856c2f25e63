"""One set of rules: whom the finder offers, the service books; whom it hides, the service refuses."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction

from accounts.services import Refused
from sessions_app.reports.finder import free_mentors
from tests.cast import NOW, Cast
from tests.sessions_app.obstacles import (
    EVERYBODY,
    LEO,
    Pairs,
    account_ended,
    book,
    booked,
    class_of_another_day,
    concern,
    core_whatever_was_said,
    free_on_the_date,
    graded,
    graded_by_another,
    late,
    left_program,
    left_same_class,
    left_same_class_long_ago,
    left_two_classes_by_the_clock,
    left_two_periods_by_the_clock,
    may_leave,
    mentor_at_limit,
    mentor_busy,
    missed_core,
    missed_core_on_duty,
    no_assent,
    no_bells_for_everybody,
    no_consent,
    no_days_between,
    no_limits,
    no_room_in_view,
    nothing,
    other_tool,
    program_ended,
    refused,
    refused_by_others,
    refused_by_teacher,
    teacher_at_limit,
    teacher_below_limit,
    teacher_busy,
    teacher_busy_by_her_bells,
    teacher_free_by_her_bells,
    testing_day,
)

# What is in the way, and what is left of all pairs of a mentor and a period of the cast's Thursday.
CASES: list[tuple[Callable[[Cast], None], Pairs]] = [
    (nothing, EVERYBODY),
    (graded, LEO),
    (graded_by_another, EVERYBODY),
    (refused, LEO),
    (refused_by_teacher, LEO),
    (refused_by_others, EVERYBODY),
    (concern, LEO),
    (no_consent, LEO),
    (no_assent, LEO),
    (left_program, LEO),
    (account_ended, LEO),
    (other_tool, LEO),
    (mentor_busy, EVERYBODY - {("Maya R.", 2), ("Maya R.", 3)}),
    (teacher_busy, {pair for pair in EVERYBODY if pair[1] in (1, 4)}),
    (no_room_in_view, set()),
    (program_ended, set()),
    (late, {pair for pair in EVERYBODY if pair[1] > 2}),
    (teacher_at_limit, set()),
    (teacher_below_limit, EVERYBODY),
    (mentor_at_limit, LEO),
    (no_limits, EVERYBODY),
    (testing_day, set()),
    (may_leave, EVERYBODY),
    (left_same_class, LEO | {("Maya R.", 4)}),
    (left_same_class_long_ago, EVERYBODY),
    (left_two_classes_by_the_clock, EVERYBODY - {("Maya R.", 1), ("Maya R.", 2)}),
    (left_two_periods_by_the_clock, EVERYBODY - {("Maya R.", 1), ("Maya R.", 2)}),
    (no_days_between, EVERYBODY),
    (missed_core, EVERYBODY - {("Maya R.", 1), ("Maya R.", 3)}),
    (missed_core_on_duty, EVERYBODY - {("Maya R.", 1), ("Maya R.", 3)}),
    (class_of_another_day, EVERYBODY - {("Maya R.", 1)}),
    (core_whatever_was_said, EVERYBODY - {("Maya R.", 1), ("Maya R.", 2)}),
    (teacher_busy_by_her_bells, {pair for pair in EVERYBODY if pair[1] != 4} - {("Maya R.", 1)}),
    (teacher_free_by_her_bells, {pair for pair in EVERYBODY if pair[1] != 1} | {("Maya R.", 1)}),
    (no_bells_for_everybody, {pair for pair in EVERYBODY if pair[1] != 1}),
    (free_on_the_date, EVERYBODY - {("Maya R.", 3)}),
    (booked, {pair for pair in EVERYBODY if pair[1] != 3} - {("Maya R.", 2)}),
]


@pytest.mark.parametrize(("arrange", "left"), CASES, ids=[case.__name__ for case, _left in CASES])
def test_finder_and_service_agree(cast: Cast, arrange: Callable[[Cast], None], left: Pairs) -> None:
    arrange(cast)

    offered, taken = offered_pairs(cast), accepted_pairs(cast)

    assert offered == taken == left


def offered_pairs(cast: Cast) -> Pairs:
    """Whom the finder shows, in which period of the Thursday."""
    return {
        (proposal.mentor.short_name, number)
        for number, period in enumerate(cast.periods, start=1)
        for proposal in free_mentors(
            cast.teacher, tool=cast.tool, program=cast.program, day=cast.thursday, period=period, now=NOW
        )
    }


def accepted_pairs(cast: Cast) -> Pairs:
    """Whom the service books, in which period, each tried alone and taken back."""
    return {
        (mentor.short_name, number)
        for mentor in (cast.mentor, cast.other_mentor)
        for number in (1, 2, 3, 4)
        if is_accepted(cast, mentor=mentor, number=number)
    }


def is_accepted(cast: Cast, **wish: object) -> bool:
    """Whether one of the rooms can be had for this wish."""
    for room in cast.school.rooms.filter(is_shared=False):
        try:
            with transaction.atomic():
                book(cast, room=room, **wish)
                transaction.set_rollback(True)
        except Refused:
            continue
        return True
    return False
