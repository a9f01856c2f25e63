"""One set of rules: whom the finder offers, the service books; whom it hides, the service refuses."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.db import transaction

from accounts.models import Concern, SchoolClass
from accounts.services import Refused
from mentorship.models import Availability, AvailabilityException, MentorTool, Participant, Refusal
from sessions_app.reports.finder import free_mentors
from sessions_app.services import book_mentor
from tests.cast import NOW, TODAY, Cast

Pairs = set[tuple[str, int]]
EVERYBODY: Pairs = {(name, number) for name in ("Leo T.", "Maya R.") for number in (1, 2, 3, 4)}
LEO: Pairs = {pair for pair in EVERYBODY if pair[0] == "Leo T."}


def graded(cast: Cast) -> None:
    """Ms Ortiz teaches Maya."""
    school_class = SchoolClass.objects.create(school=cast.school, name="Art 7")
    school_class.teachers.add(cast.teacher)
    school_class.students.add(cast.mentor)


def graded_by_another(cast: Cast) -> None:
    """Mr Haddad teaches Maya, and Ms Ortiz a class without her."""
    maths, art = SchoolClass.objects.bulk_create(SchoolClass(school=cast.school, name=name) for name in ("Math", "Art"))
    maths.teachers.add(cast.other_teacher)
    maths.students.add(cast.mentor)
    art.teachers.add(cast.teacher)


def refused(cast: Cast) -> None:
    """Maya would rather not help Ms Ortiz."""
    Refusal.objects.create(person=cast.mentor, about=cast.teacher, made_at=NOW)


def refused_by_teacher(cast: Cast) -> None:
    """Ms Ortiz would rather not book Maya."""
    Refusal.objects.create(person=cast.teacher, about=cast.mentor, made_at=NOW)


def refused_by_others(cast: Cast) -> None:
    """Maya would rather not help Mr Haddad, who would rather not book Leo."""
    Refusal.objects.create(person=cast.mentor, about=cast.other_teacher, made_at=NOW)
    Refusal.objects.create(person=cast.other_teacher, about=cast.other_mentor, made_at=NOW)


def concern(cast: Cast) -> None:
    """A call for help about Ms Ortiz is open."""
    Concern.objects.create(school=cast.school, raised_by=cast.mentor, about=cast.teacher, raised_at=NOW)


def no_consent(cast: Cast) -> None:
    """Maya's family took its consent back."""
    cast.mentor.consents.filter(given_by="guardian").update(withdrawn_on=TODAY)


def no_assent(cast: Cast) -> None:
    """Maya herself took her yes back."""
    cast.mentor.consents.filter(given_by="self").update(withdrawn_on=TODAY)


def left_program(cast: Cast) -> None:
    """Maya is not in the program any more."""
    Participant.objects.filter(person=cast.mentor).update(left_on=TODAY)


def account_ended(cast: Cast) -> None:
    """Maya's account was ended."""
    cast.mentor.is_active = False
    cast.mentor.save()


def other_tool(cast: Cast) -> None:
    """Maya does not know the tool."""
    MentorTool.objects.filter(mentor__user=cast.mentor).delete()


def mentor_busy(cast: Cast) -> None:
    """Maya is not free in the 2nd period, and on this date not in the 3rd."""
    Availability.objects.filter(person=cast.mentor, period=cast.periods[1]).delete()
    AvailabilityException.objects.create(person=cast.mentor, date=cast.thursday, period=cast.periods[2], is_free=False)


def teacher_busy(cast: Cast) -> None:
    """Ms Ortiz is free in no period but the 4th, and on this date in the 1st."""
    Availability.objects.filter(person=cast.teacher).exclude(period=cast.periods[3]).delete()
    AvailabilityException.objects.create(person=cast.teacher, date=cast.thursday, period=cast.periods[0], is_free=True)


def no_room_in_view(cast: Cast) -> None:
    """Nobody can look into any room."""
    cast.school.rooms.update(in_view=False)


def program_ended(cast: Cast) -> None:
    """The program ended the week before."""
    cast.program.ends_on = TODAY
    cast.program.save()


def booked(cast: Cast) -> None:
    """Maya helps Mr Haddad in the 2nd period, and Leo helps Ms Ortiz in the 3rd."""
    book(cast, teacher=cast.other_teacher, mentor=cast.mentor, number=2)
    book(cast, mentor=cast.other_mentor, number=3)


def nothing(cast: Cast) -> None:
    """No rule stands in the way."""


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


def book(cast: Cast, *, number: int, **differences: object) -> None:
    """Book for Ms Ortiz in a period of the Thursday; a test names what differs."""
    wish = {"teacher": cast.teacher, "room": cast.room, "day": cast.thursday} | differences
    book_mentor(
        by=wish["teacher"], program=cast.program, tool=cast.tool, period=cast.periods[number - 1],
        learner_group="all", goal="", request_key=uuid.uuid4(), now=NOW, **wish,
    )  # fmt: skip
