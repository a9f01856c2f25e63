"""Scheduling a playground, coming to it, cancelling it."""

import datetime as dt
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import Message
from accounts.services import Refused
from sessions_app.models import Booking, Hold, PlaygroundSession, SignUp
from sessions_app.services import TimeTaken, cancel_playground, leave_playground, schedule_playground, sign_up
from tests import factories
from tests.cast import NOW, Cast

Schedule = Callable[..., PlaygroundSession]


@pytest.fixture
def schedule(cast: Cast) -> Schedule:
    """Schedule a playground on Thursday, 4th period, with both mentors and Mr Haddad in charge."""

    def scheduled(**differences: object) -> PlaygroundSession:
        wish = {
            "by": cast.coordinator,
            "program": cast.program,
            "title": "Captions and translation",
            "tools": [cast.tool],
            "room": cast.library,
            "places": 2,
            "adult_in_charge": cast.other_teacher,
            "mentors": [cast.mentor, cast.other_mentor],
            "day": cast.thursday,
            "period": cast.periods[3],
            "now": NOW,
        }
        return schedule_playground(**(wish | differences))

    return scheduled


def test_playground_holds_mentors_and_the_adult_in_charge(cast: Cast, schedule: Schedule) -> None:
    playground = schedule()

    held = set(playground.holds.values_list("person", flat=True))
    assert held == {cast.mentor.pk, cast.other_mentor.pk, cast.other_teacher.pk}
    assert set(playground.duties.values_list("person", flat=True)) == {cast.mentor.pk, cast.other_mentor.pk}


def test_same_request_key_plans_once(cast: Cast, schedule: Schedule) -> None:
    key = uuid.uuid4()

    first = schedule(request_key=key)
    rows = (Message.objects.count(), Hold.objects.count())
    again = schedule(request_key=key)

    assert again == first
    assert (Message.objects.count(), Hold.objects.count()) == rows


def test_same_request_key_for_another_wish_is_refused_and_not_told_as_planned(cast: Cast, schedule: Schedule) -> None:
    key = uuid.uuid4()
    others: list[dict[str, object]] = [
        {"title": "Dictation"},
        {"room": cast.room},
        {"places": 3},
        {"minimum": 1},
        {"adult_in_charge": cast.admin},
        {"mentors": [cast.mentor]},
        {"tools": []},
        {"day": cast.thursday + dt.timedelta(days=1)},
        {"day": cast.thursday + dt.timedelta(days=2)},
        {"period": cast.periods[0]},
        {"period": None, "starts": dt.time(15), "ends": dt.time(16)},
        {"program": factories.ProgramFactory(school=cast.school)},
    ]
    schedule(request_key=key)

    for differs in others:
        with pytest.raises(Refused, match="planned something else already"):
            schedule(request_key=key, **differs)

    assert PlaygroundSession.objects.count() == 1


def test_same_request_key_after_cancelling_is_refused(cast: Cast, schedule: Schedule) -> None:
    key = uuid.uuid4()
    cancel_playground(schedule(request_key=key), by=cast.coordinator, now=NOW)

    with pytest.raises(Refused, match="was cancelled"):
        schedule(request_key=key)


def test_request_key_of_somebody_else_finds_nothing(cast: Cast, schedule: Schedule) -> None:
    key = uuid.uuid4()
    other = factories.UserFactory(school=cast.school, roles=["coordinator"])
    first = schedule(request_key=key)

    with pytest.raises(TimeTaken):
        schedule(request_key=key, by=other)
    free = schedule(request_key=key, by=other, day=cast.thursday + dt.timedelta(days=1))

    assert free != first


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_plan_once(cast: Cast, schedule: Schedule) -> None:
    key = uuid.uuid4()

    def click(_number: int) -> int:
        try:
            return schedule(request_key=key).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(click, range(4)))

    assert answers == set(PlaygroundSession.objects.values_list("pk", flat=True))


def test_playground_in_a_room_of_its_own_holds_the_room(cast: Cast, schedule: Schedule) -> None:
    playground = schedule(room=cast.room)

    assert playground.holds.filter(room=cast.room).count() == 1


def test_booked_mentor_can_not_be_put_on_duty(cast: Cast, schedule: Schedule, book: Callable[..., Booking]) -> None:
    book()

    with pytest.raises(TimeTaken, match="Maya R."):
        schedule()

    assert PlaygroundSession.objects.count() == 0


def test_mentor_on_duty_can_not_be_booked(cast: Cast, schedule: Schedule, book: Callable[..., Booking]) -> None:
    schedule()

    with pytest.raises(TimeTaken):
        book()


def test_mentor_without_consent_can_not_be_on_duty(cast: Cast, schedule: Schedule) -> None:
    cast.mentor.consents.all().delete()

    with pytest.raises(Refused, match="consent is missing: Maya R."):
        schedule()

    assert (PlaygroundSession.objects.count(), Hold.objects.count()) == (0, 0)


def test_student_can_not_be_in_charge(cast: Cast, schedule: Schedule) -> None:
    with pytest.raises(Refused, match="adult"):
        schedule(adult_in_charge=cast.mentor, mentors=[])


def test_person_in_charge_of_another_school_is_refused(cast: Cast, schedule: Schedule) -> None:
    with pytest.raises(Refused, match="not at your school"):
        schedule(adult_in_charge=cast.stranger)

    assert PlaygroundSession.objects.count() == 0


def test_only_a_coordinator_schedules(cast: Cast, schedule: Schedule) -> None:
    with pytest.raises(Refused, match="coordinator"):
        schedule(by=cast.teacher)


def test_coordinator_of_another_school_neither_schedules_nor_cancels(cast: Cast, schedule: Schedule) -> None:
    playground = schedule()

    with pytest.raises(Refused, match="coordinator"):
        schedule(by=cast.stranger_coordinator, day=cast.thursday + dt.timedelta(days=1))
    with pytest.raises(Refused, match="coordinator"):
        cancel_playground(playground, by=cast.stranger_coordinator, now=NOW)

    assert PlaygroundSession.objects.standing().get() == playground


@pytest.mark.parametrize("who", ["stranger", "mentor", "admin"])
def test_only_teachers_of_the_school_take_a_place(cast: Cast, schedule: Schedule, who: str) -> None:
    playground = schedule()

    with pytest.raises(Refused):
        sign_up(playground, by=getattr(cast, who), now=NOW)

    assert SignUp.objects.count() == 0


def test_sign_up_takes_a_place_once_and_reminds(cast: Cast, schedule: Schedule) -> None:
    playground = schedule()

    first = sign_up(playground, by=cast.teacher, now=NOW)
    second = sign_up(playground, by=cast.teacher, now=NOW)

    assert first == second
    assert Message.objects.waiting().filter(about=first.about, user=cast.teacher).count() == 2


def test_full_playground_refuses(cast: Cast, schedule: Schedule) -> None:
    playground = schedule(places=1)
    sign_up(playground, by=cast.teacher, now=NOW)

    with pytest.raises(Refused, match="All places are taken"):
        sign_up(playground, by=factories.TeacherFactory(school=cast.school), now=NOW)

    assert SignUp.objects.count() == 1


def test_leaving_gives_the_place_back_and_coming_again_works(cast: Cast, schedule: Schedule) -> None:
    playground = schedule(places=1)
    sign_up(playground, by=cast.teacher, now=NOW)

    leave_playground(playground, by=cast.teacher, now=NOW)

    assert not Message.objects.waiting().filter(user=cast.teacher).exists()
    assert sign_up(playground, by=cast.teacher, now=NOW).pk
    assert Message.objects.waiting().filter(user=cast.teacher).count() == 2


def test_cancelled_playground_frees_time_and_tells_everybody(cast: Cast, schedule: Schedule) -> None:
    playground = schedule()
    sign_up(playground, by=cast.teacher, now=NOW)

    cancel_playground(playground, by=cast.coordinator, now=NOW)

    assert Hold.objects.count() == 0
    waiting = Message.objects.waiting()
    assert set(waiting.values_list("kind", flat=True)) == {"playground_cancelled"}
    told = {cast.teacher.pk, cast.other_teacher.pk, cast.mentor.pk, cast.other_mentor.pk}
    assert set(waiting.values_list("user", flat=True)) == told


def test_cancelled_playground_takes_nobody(cast: Cast, schedule: Schedule) -> None:
    playground = schedule()
    cancel_playground(playground, by=cast.coordinator, now=NOW)

    with pytest.raises(Refused, match="cancelled"):
        sign_up(playground, by=cast.teacher, now=NOW)


def test_playground_that_is_over_takes_nobody(cast: Cast, schedule: Schedule) -> None:
    playground = schedule()

    with pytest.raises(Refused, match="over"):
        sign_up(playground, by=cast.teacher, now=playground.ends_at)


def test_room_period_and_tools_are_the_schools_own(cast: Cast, schedule: Schedule) -> None:
    elsewhere = {
        "room": factories.RoomFactory(school=cast.stranger.school),
        "period": factories.PeriodFactory(school=cast.stranger.school),
        "tools": [factories.ToolFactory(school=cast.stranger.school)],
    }

    for name, foreign in elsewhere.items():
        with pytest.raises(Refused):
            schedule(**{name: foreign})

    assert PlaygroundSession.objects.count() == 0


def test_closed_program_has_no_new_playground(cast: Cast, schedule: Schedule) -> None:
    cast.program.closed_on = cast.thursday
    cast.program.save()

    with pytest.raises(Refused, match="closed"):
        schedule()
