"""Programs begin, people join and leave, pairs start and close."""

import datetime as dt

import pytest

from accounts.models import Concern
from accounts.permissions import Role
from accounts.services import Refused
from mentorship.models import Mentor, Pairing, Participant, Program, ProgramTemplate, Tool
from mentorship.services import (
    add_participant,
    add_participants,
    close_pairing,
    create_program,
    install_tools,
    pause_pairings_between,
    remove_participant,
    start_pairing,
)
from tests import factories
from tests.cast import NOW, TODAY, Cast

SPRING = {"name": "Spring tech team", "starts_on": dt.date(2027, 1, 11), "ends_on": dt.date(2027, 5, 28)}
JOIN = {"role": "student", "arm": "reverse", "today": TODAY}


def test_install_tools_adds_what_is_missing_once(cast: Cast) -> None:
    factories.ToolFactory(school=cast.school, name="voice TYPING")

    new = install_tools(cast.school, by=cast.coordinator)
    again = install_tools(cast.school, by=cast.coordinator)

    assert new == 7  # nine, less Immersive Reader of the cast and the one above
    assert again == 0
    assert Tool.objects.filter(school=cast.school).count() == 9
    assert Tool.objects.filter(school=cast.stranger.school).count() == 0


@pytest.mark.parametrize("who", ["teacher", "stranger_coordinator"])
def test_install_tools_by_somebody_else_is_refused(cast: Cast, who: str) -> None:
    with pytest.raises(Refused):
        install_tools(cast.school, by=getattr(cast, who))

    assert Tool.objects.filter(school=cast.school).count() == 1


def test_create_program_brings_the_template_with_its_steps(cast: Cast) -> None:
    program = create_program(school=cast.school, **SPRING, by=cast.coordinator)
    second = create_program(school=cast.school, **SPRING | {"name": "Other"}, by=cast.coordinator)

    assert (program.template.name, program.template.version) == ("Playground term", 1)
    assert [step.position for step in program.template.steps.all()] == [1, 2, 3, 4]
    assert second.template == program.template
    assert ProgramTemplate.objects.filter(school=cast.school).count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ends_on": dt.date(2027, 1, 10)}, "before the first day"),
        ({"name": "Autumn tech team"}, "another name"),
    ],
)
def test_create_program_refuses_and_writes_nothing(cast: Cast, change: dict[str, object], said: str) -> None:
    with pytest.raises(Refused, match=said):
        create_program(school=cast.school, **SPRING | change, by=cast.coordinator)

    assert Program.objects.get() == cast.program


@pytest.mark.parametrize("who", ["teacher", "mentor", "admin", "stranger_coordinator"])
def test_create_program_is_for_the_own_coordinator(cast: Cast, who: str) -> None:
    with pytest.raises(Refused):
        create_program(school=cast.school, **SPRING, by=getattr(cast, who))

    assert Program.objects.get() == cast.program


def test_add_participant_gives_a_student_a_mentor_profile(cast: Cast) -> None:
    student = factories.StudentFactory(school=cast.school)

    participant = add_participant(cast.program, student, **JOIN, by=cast.coordinator)

    assert (participant.role, participant.arm, participant.joined_on) == ("student", "reverse", TODAY)
    assert Mentor.objects.filter(user=student).exists()


def test_add_participant_takes_back_a_person_who_left(cast: Cast) -> None:
    remove_participant(cast.program.participants.get(person=cast.mentor), by=cast.coordinator, today=TODAY)

    add_participant(cast.program, cast.mentor, **JOIN, by=cast.coordinator)

    assert cast.program.participants.filter(person=cast.mentor).count() == 2
    assert cast.program.participants.present().filter(person=cast.mentor).count() == 1


def test_add_participant_refuses_who_does_not_fit(cast: Cast) -> None:
    idle = factories.StudentFactory(school=cast.school, is_active=False)
    elsewhere = factories.StudentFactory(school=cast.stranger.school)
    before = Participant.objects.count()

    for person, role, said in [
        (idle, "student", "not an active person"),
        (elsewhere, "student", "not an active person"),
        (cast.admin, "teacher", "role does not fit"),
        (cast.mentor, "teacher", "role does not fit"),
        (cast.mentor, "student", "already"),
    ]:
        with pytest.raises(Refused, match=said):
            add_participant(cast.program, person, **JOIN | {"role": role}, by=cast.coordinator)

    assert Participant.objects.count() == before
    assert not Mentor.objects.filter(user__in=[idle, elsewhere]).exists()


def test_add_participant_refuses_a_closed_program_and_a_wrong_hand(cast: Cast) -> None:
    student = factories.StudentFactory(school=cast.school)
    closed = factories.ProgramFactory(school=cast.school, closed_on=TODAY)

    with pytest.raises(Refused, match="closed"):
        add_participant(closed, student, **JOIN, by=cast.coordinator)
    for by in (cast.teacher, cast.stranger_coordinator):
        with pytest.raises(Refused, match="can't do this"):
            add_participant(cast.program, student, **JOIN, by=by)

    assert not Participant.objects.filter(person=student).exists()


def test_add_participants_adds_all_or_nobody(cast: Cast) -> None:
    teacher = factories.TeacherFactory(school=cast.school)
    student = factories.StudentFactory(school=cast.school)
    both = {"teachers": [teacher], "students": [student], "arm": "traditional", "by": cast.coordinator, "today": TODAY}

    with pytest.raises(Refused, match="already"):
        add_participants(cast.program, **both | {"students": [student, cast.mentor]})
    assert not Participant.objects.filter(person__in=[teacher, student]).exists()

    added = add_participants(cast.program, **both)

    assert {(row.person, row.role, row.arm) for row in added} == {
        (teacher, "teacher", "traditional"),
        (student, "student", "traditional"),
    }


def test_remove_participant_keeps_the_row_with_its_last_day(cast: Cast) -> None:
    participant = cast.program.participants.get(person=cast.teacher)

    remove_participant(participant, by=cast.coordinator, today=TODAY)

    participant.refresh_from_db()
    assert participant.left_on == TODAY


def test_remove_participant_refuses_in_a_pair_twice_and_by_others(cast: Cast) -> None:
    pairing = factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)
    participant = cast.program.participants.get(person=cast.teacher)

    with pytest.raises(Refused, match="Close the pair first"):
        remove_participant(participant, by=cast.coordinator, today=TODAY)
    with pytest.raises(Refused, match="can't do this"):
        remove_participant(participant, by=cast.teacher, today=TODAY)
    participant.refresh_from_db()
    assert participant.left_on is None

    close_pairing(pairing, reason="Moved away", by=cast.coordinator, today=TODAY)
    remove_participant(participant, by=cast.coordinator, today=TODAY)
    with pytest.raises(Refused, match="left this program already"):
        remove_participant(participant, by=cast.coordinator, today=TODAY + dt.timedelta(days=1))
    participant.refresh_from_db()
    assert participant.left_on == TODAY


def test_start_pairing_starts_today_with_the_steps_of_the_template(cast: Cast) -> None:
    program = create_program(school=cast.school, **SPRING, by=cast.coordinator)
    add_participants(
        program, teachers=[cast.teacher], students=[cast.mentor], arm="reverse", by=cast.coordinator, today=TODAY
    )

    pairing = start_pairing(program, cast.teacher, cast.mentor, by=cast.coordinator, today=TODAY)

    assert (pairing.state, pairing.started_on) == ("started", TODAY)
    assert list(pairing.steps.values_list("position", "direction")) == [
        (1, "both"),
        (2, "student_leads"),
        (3, "student_leads"),
        (4, "both"),
    ]


def test_start_pairing_refuses_and_writes_nothing(cast: Cast) -> None:
    outsider = factories.TeacherFactory(school=cast.school)
    compared = factories.TeacherFactory(school=cast.school)
    factories.ParticipantFactory(program=cast.program, person=compared, arm="comparison")
    remove_participant(cast.program.participants.get(person=cast.other_mentor), by=cast.coordinator, today=TODAY)
    Concern.objects.create(
        school=cast.school, raised_by=cast.mentor, about=cast.other_teacher, text="...", raised_at=NOW
    )

    for teacher, student, said in [
        (outsider, cast.mentor, "not in this program"),
        (cast.teacher, cast.other_mentor, "not in this program"),
        (cast.mentor, cast.teacher, "not in this program"),
        (compared, cast.mentor, "comparison group"),
        (cast.other_teacher, cast.mentor, "can't be paired right now"),
    ]:
        with pytest.raises(Refused, match=said):
            start_pairing(cast.program, teacher, student, by=cast.coordinator, today=TODAY)
    with pytest.raises(Refused, match="can't do this"):
        start_pairing(cast.program, cast.teacher, cast.mentor, by=cast.teacher, today=TODAY)

    assert not Pairing.objects.exists()


def test_start_pairing_twice_is_refused_until_the_first_is_closed(cast: Cast) -> None:
    first = start_pairing(cast.program, cast.teacher, cast.mentor, by=cast.coordinator, today=TODAY)

    with pytest.raises(Refused, match="a pair already"):
        start_pairing(cast.program, cast.teacher, cast.mentor, by=cast.coordinator, today=TODAY)
    assert Pairing.objects.get() == first

    close_pairing(first, reason="New term", by=cast.coordinator, today=TODAY)
    second = start_pairing(cast.program, cast.teacher, cast.mentor, by=cast.coordinator, today=TODAY)
    assert second.pk != first.pk


def test_start_pairing_refuses_a_closed_program(cast: Cast) -> None:
    Program.objects.filter(pk=cast.program.pk).update(closed_on=TODAY)

    with pytest.raises(Refused, match="closed"):
        start_pairing(cast.program, cast.teacher, cast.mentor, by=cast.coordinator, today=TODAY)

    assert not Pairing.objects.exists()


def test_close_pairing_keeps_day_and_reason(cast: Cast) -> None:
    pairing = factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)

    close_pairing(pairing, reason=" The term ended ", by=cast.coordinator, today=TODAY)

    pairing.refresh_from_db()
    assert (pairing.state, pairing.closed_on, pairing.close_reason) == ("closed", TODAY, "The term ended")


def test_close_pairing_refuses_without_reason_by_others_and_twice(cast: Cast) -> None:
    pairing = factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)

    for reason, by, said in [
        (" ", cast.coordinator, "Say why"),
        ("Why not", cast.teacher, "can't do this"),
        ("Why not", cast.stranger_coordinator, "can't do this"),
    ]:
        with pytest.raises(Refused, match=said):
            close_pairing(pairing, reason=reason, by=by, today=TODAY)
    pairing.refresh_from_db()
    assert pairing.state == "started"

    close_pairing(pairing, reason="First", by=cast.coordinator, today=TODAY)
    with pytest.raises(Refused, match="closed already"):
        close_pairing(pairing, reason="Second", by=cast.coordinator, today=TODAY)
    pairing.refresh_from_db()
    assert pairing.close_reason == "First"


def test_pause_pairings_between_pauses_only_the_started_ones_of_these_two(cast: Cast) -> None:
    started = factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)
    other = factories.PairingFactory(program=cast.program, teacher=cast.other_teacher, student=cast.mentor)

    paused = pause_pairings_between(cast.mentor, cast.teacher, by=cast.mentor)

    started.refresh_from_db()
    other.refresh_from_db()
    assert paused == 1
    assert (started.state, other.state) == ("paused", "started")


def test_pause_pairings_between_is_refused_to_somebody_else(cast: Cast) -> None:
    pairing = factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)

    for by in (cast.other_teacher, cast.stranger_coordinator):
        with pytest.raises(Refused):
            pause_pairings_between(cast.teacher, cast.mentor, by=by)

    pairing.refresh_from_db()
    assert pairing.state == "started"


def test_a_coordinator_who_also_teaches_can_join_as_teacher(cast: Cast) -> None:
    cast.coordinator.roles = [Role.COORDINATOR, Role.TEACHER]
    cast.coordinator.save()

    joined = add_participant(cast.program, cast.coordinator, **JOIN | {"role": "teacher"}, by=cast.coordinator)

    assert joined.role == "teacher"
