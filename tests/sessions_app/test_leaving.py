"""Somebody leaves or takes off a hat, and the next coordinator takes over."""

import datetime as dt
from collections.abc import Callable

import pytest

from accounts.models import Message, User
from accounts.permissions import Role
from accounts.services import Refused
from mentorship.models import HelpRequest, Pairing, Participant
from sessions_app.models import Booking, Duty, Hold, PlaygroundSession, SignUp
from sessions_app.reports.leaving import with_what_hangs
from sessions_app.services import (
    ChargeClash,
    change_roles,
    close_account,
    close_plain_account,
    name_coordinator,
    pass_playgrounds,
    schedule_playground,
    sign_up,
)
from tests import factories
from tests.cast import NOW, TODAY, Cast

Book = Callable[..., Booking]
C, T, S, A = Role.COORDINATOR, Role.TEACHER, Role.STUDENT, Role.ADMIN


@pytest.fixture
def playground(cast: Cast) -> PlaygroundSession:
    """One with the coordinator in charge, Maya on duty and both teachers coming."""
    planned = schedule_playground(
        by=cast.coordinator, program=cast.program, title="Captions", tools=[], room=cast.library, places=5,
        adult_in_charge=cast.coordinator, mentors=[cast.mentor], day=cast.thursday, period=cast.periods[1], now=NOW,
    )  # fmt: skip
    for teacher in (cast.teacher, cast.other_teacher):
        sign_up(planned, by=teacher, now=NOW)
    return planned


@pytest.fixture
def ahead(cast: Cast, book: Book, playground: PlaygroundSession) -> Booking:
    """Ms Ortiz and Maya have a booking, a pair, and both requests for help."""
    factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)
    for state, taken_by in ((HelpRequest.State.OPEN, None), (HelpRequest.State.TAKEN, cast.mentor)):
        HelpRequest.objects.create(
            program=cast.program, teacher=cast.teacher, tool=cast.tool, state=state, taken_by=taken_by, asked_at=NOW
        )
    return book()


def open_messages(person: User) -> int:
    return Message.objects.waiting().filter(user=person).count()


def snapshot() -> tuple[object, ...]:
    """What a refusal must leave as it was."""
    return (
        list(User.objects.order_by("pk").values_list("pk", "roles", "is_active", "session_salt")),
        list(Booking.objects.order_by("pk").values_list("pk", "state", "revision")),
        list(Hold.objects.order_by("pk").values_list("pk", "person")),
        list(PlaygroundSession.objects.order_by("pk").values_list("pk", "state", "adult_in_charge", "revision")),
        list(Pairing.objects.order_by("pk").values_list("pk", "state")),
        list(Message.objects.order_by("pk").values_list("pk", "state")),
    )


# Hats


def test_hat_of_a_teacher_takes_her_bookings_pairs_and_places_along(cast: Cast, ahead: Booking) -> None:
    count = change_roles(cast.teacher, [C], by=cast.admin, now=NOW)

    ahead.refresh_from_db()
    assert count == 1
    assert ahead.state == Booking.State.CANCELLED
    assert not Hold.objects.filter(booking=ahead).exists()
    assert [place.teacher for place in SignUp.objects.all()] == [cast.other_teacher]
    assert Pairing.objects.get().state == Pairing.State.CLOSED
    assert Participant.objects.get(person=cast.teacher).left_on == TODAY
    assert set(HelpRequest.objects.values_list("state", flat=True)) == {HelpRequest.State.CLOSED}
    assert not Message.objects.waiting().filter(user=cast.teacher, kind="playground_reminder").exists()
    assert Duty.objects.filter(person=cast.mentor).exists()  # the student's own stays


def test_hat_of_a_student_takes_duties_along_and_frees_what_was_taken(cast: Cast, ahead: Booking) -> None:
    change_roles(cast.mentor, [T], by=cast.admin, now=NOW)

    ahead.refresh_from_db()
    assert ahead.state == Booking.State.CANCELLED
    assert not Duty.objects.exists()
    assert not Hold.objects.filter(person=cast.mentor).exists()
    assert Pairing.objects.get().state == Pairing.State.CLOSED
    assert list(HelpRequest.objects.values_list("state", "taken_by")) == [("open", None), ("open", None)]
    assert SignUp.objects.count() == 2


def test_new_hat_beside_the_old_one_frees_nothing(cast: Cast, ahead: Booking) -> None:
    before = snapshot()[1:]

    assert change_roles(cast.teacher, [T, A], by=cast.admin, now=NOW) == 0

    assert snapshot()[1:] == before


def test_what_is_over_stays(cast: Cast) -> None:
    past = factories.BookingFactory(
        program=cast.program, teacher=cast.teacher, mentor=cast.mentor,
        starts_at=NOW - dt.timedelta(hours=2), ends_at=NOW - dt.timedelta(hours=1),
    )  # fmt: skip

    change_roles(cast.teacher, [A], by=cast.admin, now=NOW)

    past.refresh_from_db()
    assert past.is_standing


def test_who_is_in_charge_can_not_become_a_student(cast: Cast, playground: PlaygroundSession) -> None:
    factories.UserFactory(school=cast.school, roles=[C])
    before = snapshot()

    with pytest.raises(Refused, match="must be an adult"):
        change_roles(cast.coordinator, [S], by=cast.admin, now=NOW)

    assert snapshot() == before


def test_refused_hat_frees_nothing(cast: Cast, ahead: Booking) -> None:
    before = snapshot()

    with pytest.raises(Refused):
        change_roles(cast.teacher, [], by=cast.admin, now=NOW)

    assert snapshot() == before


# The end of an account


def test_closed_account_leaves_nothing_ahead(cast: Cast, ahead: Booking) -> None:
    count = close_account(cast.mentor, in_charge=None, by=cast.admin, now=NOW)

    ahead.refresh_from_db(), cast.mentor.refresh_from_db()
    assert count == 1
    assert not cast.mentor.is_active
    assert ahead.ended_by == cast.admin
    assert not Hold.objects.filter(person=cast.mentor).exists()
    assert not Duty.objects.exists()
    assert Pairing.objects.get().state == Pairing.State.CLOSED
    assert open_messages(cast.mentor) == 0
    assert Message.objects.waiting().filter(user=cast.teacher, kind="booking_cancelled").exists()


def test_closed_account_of_who_was_in_charge_cancels_the_playground(cast: Cast, playground: PlaygroundSession) -> None:
    close_account(cast.coordinator, in_charge=None, by=cast.admin, now=NOW)

    playground.refresh_from_db()
    assert not playground.is_standing
    assert not Hold.objects.exists()
    assert Message.objects.waiting().filter(user=cast.mentor, kind="playground_cancelled").exists()
    assert open_messages(cast.coordinator) == 0


def test_closed_account_of_who_was_in_charge_passes_the_playground_on(
    cast: Cast, playground: PlaygroundSession
) -> None:
    close_account(cast.coordinator, in_charge=cast.teacher, by=cast.admin, now=NOW)

    playground.refresh_from_db()
    assert (playground.is_standing, playground.adult_in_charge) == (True, cast.teacher)
    assert Hold.objects.filter(playground=playground, person=cast.teacher).exists()


@pytest.mark.parametrize("who", ["coordinator", "teacher", "mentor"])
def test_close_account_by_others_is_refused(cast: Cast, ahead: Booking, who: str) -> None:
    before = snapshot()

    with pytest.raises(Refused):
        close_account(cast.other_mentor, in_charge=None, by=getattr(cast, who), now=NOW)

    assert snapshot() == before


def test_refused_end_frees_nothing(cast: Cast, ahead: Booking) -> None:
    before = snapshot()

    with pytest.raises(Refused, match="their own account"):
        close_account(cast.admin, in_charge=None, by=cast.admin, now=NOW)

    assert snapshot() == before


def test_account_in_charge_is_not_closed_among_many(cast: Cast, playground: PlaygroundSession) -> None:
    before = snapshot()

    with pytest.raises(Refused, match="on its own page"):
        close_plain_account(cast.coordinator, by=cast.admin, now=NOW)

    assert snapshot() == before
    assert close_plain_account(cast.other_mentor, by=cast.admin, now=NOW) == 0


# The next coordinator


def test_next_coordinator_takes_over_the_playgrounds_with_their_time(cast: Cast, playground: PlaygroundSession) -> None:
    count = name_coordinator(cast.teacher, leaving=cast.coordinator, keeps_role=False, by=cast.admin, now=NOW)

    playground.refresh_from_db(), cast.teacher.refresh_from_db()
    assert (count, playground.adult_in_charge, playground.revision) == (1, cast.teacher, 1)
    assert cast.teacher.roles == [C, T]
    assert set(Hold.objects.values_list("person", flat=True)) == {cast.teacher.pk, cast.mentor.pk}
    assert not Message.objects.waiting().filter(user=cast.coordinator, kind="playground_reminder").exists()
    reminders = Message.objects.waiting().filter(user=cast.teacher, kind="playground_reminder")
    assert {message.about for message in reminders} == {playground.about}  # not once more as a guest


def test_passing_on_and_back_keeps_one_set_of_reminders(cast: Cast, playground: PlaygroundSession) -> None:
    pass_playgrounds(cast.coordinator, cast.admin, now=NOW)
    pass_playgrounds(cast.admin, cast.coordinator, now=NOW)

    waiting = Message.objects.waiting().filter(kind="playground_reminder", about=playground.about)
    assert {message.user for message in waiting} == {cast.coordinator, cast.mentor}
    assert waiting.filter(user=cast.coordinator).count() == len(cast.school.reminder_leads)


def test_next_coordinator_who_is_taken_then_gets_a_list_and_nothing_changes(
    cast: Cast, book: Book, playground: PlaygroundSession
) -> None:
    book(period=cast.periods[1], mentor=cast.other_mentor)
    before = snapshot()

    with pytest.raises(ChargeClash) as clash:
        name_coordinator(cast.teacher, leaving=cast.coordinator, keeps_role=False, by=cast.admin, now=NOW)

    assert clash.value.clashes == [playground]
    assert snapshot() == before


def test_one_more_coordinator_takes_nothing_over(cast: Cast, playground: PlaygroundSession) -> None:
    assert name_coordinator(cast.teacher, leaving=None, keeps_role=False, by=cast.admin, now=NOW) == 0

    playground.refresh_from_db()
    assert playground.adult_in_charge == cast.coordinator


def test_playground_that_was_held_or_cancelled_passes_to_nobody(cast: Cast) -> None:
    over = factories.PlaygroundSessionFactory(
        program=cast.program, adult_in_charge=cast.coordinator,
        starts_at=NOW - dt.timedelta(hours=2), ends_at=NOW - dt.timedelta(hours=1),
    )  # fmt: skip
    off = factories.PlaygroundSessionFactory(
        program=cast.program, adult_in_charge=cast.coordinator, state=PlaygroundSession.State.CANCELLED
    )

    assert pass_playgrounds(cast.coordinator, cast.teacher, now=NOW) == 0

    over.refresh_from_db(), off.refresh_from_db()
    assert over.adult_in_charge == off.adult_in_charge == cast.coordinator


@pytest.mark.parametrize("who", ["mentor", "stranger", "gone"])
def test_playground_passes_to_an_adult_of_the_school_only(cast: Cast, playground: PlaygroundSession, who: str) -> None:
    people = vars(cast) | {"gone": factories.TeacherFactory(school=cast.school, is_active=False)}
    before = snapshot()

    with pytest.raises(Refused, match="can't be in charge"):
        pass_playgrounds(cast.coordinator, people[who], now=NOW)

    assert snapshot() == before


def test_what_hangs_on_a_person_is_counted(cast: Cast, ahead: Booking) -> None:
    names = (
        "teaching_count", "mentoring_count", "duty_count", "place_count", "charge_count", "teacher_pair_count",
        "student_pair_count",
    )  # fmt: skip

    people = with_what_hangs(User.objects.filter(school=cast.school), now=NOW).in_bulk()

    counts = {
        who: [getattr(people[getattr(cast, who).pk], name) for name in names]
        for who in ("teacher", "mentor", "coordinator", "other_mentor")
    }
    assert counts == {
        "teacher": [1, 0, 0, 1, 0, 1, 0],
        "mentor": [0, 1, 1, 0, 0, 0, 1],
        "coordinator": [0, 0, 0, 0, 1, 0, 0],
        "other_mentor": [0, 0, 0, 0, 0, 0, 0],
    }
