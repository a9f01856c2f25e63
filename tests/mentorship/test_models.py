"""Who sees which rows, and what can be picked."""

import datetime as dt

import pytest

from accounts.models import Consent
from accounts.permissions import Role
from mentorship.models import Availability, HelpEntry, Mentor, Pairing, Participant, Program, Tool
from tests import factories
from tests.cast import TODAY, Cast


def test_programs_are_seen_by_the_coordinator_and_by_those_in_them(cast: Cast) -> None:
    other = factories.ProgramFactory(school=cast.school)
    foreign = factories.ProgramFactory(school=cast.stranger.school)
    cast.program.participants.filter(person=cast.other_teacher).update(left_on=TODAY)

    def seen(user: object) -> set[Program]:
        return set(Program.objects.visible_to(user))

    assert seen(cast.coordinator) == {cast.program, other}
    assert seen(cast.teacher) == {cast.program}
    assert seen(cast.other_teacher) == set()
    assert seen(cast.admin) == set()
    assert seen(cast.stranger_coordinator) == {foreign}


def test_participants_are_seen_by_the_coordinator_and_each_sees_the_own(cast: Cast) -> None:
    foreign = factories.ParticipantFactory()

    assert Participant.objects.visible_to(cast.coordinator).count() == 4
    assert [row.person for row in Participant.objects.visible_to(cast.mentor)] == [cast.mentor]
    assert foreign not in Participant.objects.visible_to(cast.coordinator)
    assert not Participant.objects.visible_to(cast.stranger_coordinator).exists()


def test_pairings_are_seen_by_the_coordinator_and_the_two(cast: Cast) -> None:
    pairing = factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)

    for person in (cast.coordinator, cast.teacher, cast.mentor):
        assert pairing in Pairing.objects.visible_to(person)
    for person in (cast.other_teacher, cast.other_mentor, cast.admin, cast.stranger, cast.stranger_coordinator):
        assert not Pairing.objects.visible_to(person).exists()


def test_help_entries_are_seen_by_the_two_and_the_coordinator(cast: Cast) -> None:
    entry = factories.HelpEntryFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)

    for person in (cast.coordinator, cast.teacher, cast.mentor):
        assert entry in HelpEntry.objects.visible_to(person)
    for person in (cast.other_teacher, cast.other_mentor, cast.admin, cast.stranger, cast.stranger_coordinator):
        assert not HelpEntry.objects.visible_to(person).exists()


def test_help_entry_not_sent_is_seen_by_its_student_alone(cast: Cast) -> None:
    draft = factories.HelpEntryFactory(
        program=cast.program, teacher=cast.teacher, student=cast.mentor, state="draft", submitted_at=None
    )

    assert draft in HelpEntry.objects.visible_to(cast.mentor)
    for person in (cast.coordinator, cast.teacher):
        assert not HelpEntry.objects.visible_to(person).exists()


def test_mentors_are_seen_by_the_coordinator_and_themselves(cast: Cast) -> None:
    own = Mentor.objects.get(user=cast.mentor)

    assert Mentor.objects.visible_to(cast.coordinator).count() == 2
    assert list(Mentor.objects.visible_to(cast.mentor)) == [own]
    for person in (cast.teacher, cast.admin, cast.stranger_coordinator):
        assert not Mentor.objects.visible_to(person).exists()


def test_tools_are_seen_in_the_own_school(cast: Cast) -> None:
    foreign = factories.ToolFactory(school=cast.stranger.school)

    assert list(Tool.objects.visible_to(cast.mentor)) == [cast.tool]
    assert list(Tool.objects.visible_to(cast.stranger)) == [foreign]


@pytest.mark.parametrize("roles", [[Role.ADMIN], [Role.ADMIN, Role.TEACHER]])
def test_free_time_is_seen_by_the_coordinator_and_oneself_not_by_an_admin(cast: Cast, roles: list[Role]) -> None:
    cast.admin.roles = roles
    cast.admin.save()

    assert Availability.objects.visible_to(cast.coordinator).count() == 16
    assert {row.person for row in Availability.objects.visible_to(cast.mentor)} == {cast.mentor}
    assert not Availability.objects.visible_to(cast.admin).exists()
    assert not Availability.objects.visible_to(cast.stranger_coordinator).exists()


def test_with_consent_tells_students_without_it(cast: Cast) -> None:
    Consent.objects.filter(person=cast.mentor).update(withdrawn_on=TODAY)

    has_consent = {row.person: row.has_consent for row in cast.program.participants.with_consent()}

    assert has_consent == {
        cast.teacher: True,
        cast.other_teacher: True,
        cast.mentor: False,
        cast.other_mentor: True,
    }


def test_with_counts_counts_present_people_and_open_pairs(cast: Cast) -> None:
    factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)
    factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.other_mentor)
    factories.PairingFactory(
        program=cast.program,
        teacher=cast.other_teacher,
        student=cast.mentor,
        state="closed",
        closed_on=TODAY,
        close_reason="Over",
    )
    cast.program.participants.filter(person=cast.other_teacher).update(left_on=TODAY)

    program = Program.objects.with_counts().get()

    assert (program.people_count, program.pair_count) == (3, 2)


@pytest.mark.parametrize(
    ("day", "is_running", "is_ahead"),
    [
        (dt.date(2026, 8, 16), False, True),
        (dt.date(2026, 8, 17), True, True),
        (dt.date(2027, 6, 4), True, True),
        (dt.date(2027, 6, 5), False, False),
    ],
)
def test_programs_run_from_the_first_day_to_the_last_unless_closed(
    cast: Cast, day: dt.date, is_running: bool, is_ahead: bool
) -> None:
    assert Program.objects.running_on(day).exists() == is_running
    assert Program.objects.not_over_on(day).exists() == is_ahead

    Program.objects.update(closed_on=TODAY)

    assert not Program.objects.running_on(day).exists()
    assert not Program.objects.not_over_on(day).exists()


def test_for_list_puts_what_waits_first_then_the_newest(cast: Cast) -> None:
    people = {"program": cast.program, "teacher": cast.teacher, "student": cast.mentor}
    done = {"state": "verified", "verified_by": cast.coordinator, "verified_at": "2026-12-09T12:00Z"}
    old = factories.HelpEntryFactory(**people, **done, helped_on="2026-12-01")
    new = factories.HelpEntryFactory(**people, **done, helped_on="2026-12-08")
    waiting = factories.HelpEntryFactory(**people, helped_on="2026-11-01")

    assert list(HelpEntry.objects.for_list()) == [waiting, new, old]
