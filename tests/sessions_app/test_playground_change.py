"""Changing a playground: the same locks and rules, everybody's news, stations, and a mentor who can't come."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Message, User
from accounts.services import Refused
from mentorship.models import MentorTool
from sessions_app.models import Booking, Hold, PlaygroundSession
from sessions_app.services import (
    TimeTaken,
    cancel_playground,
    change_playground,
    leave_duty,
    place_at_stations,
    schedule_playground,
    sign_up,
)
from tests import factories
from tests.cast import NOW, Cast
from tests.sessions_app.conftest import friday

Change = Callable[..., PlaygroundSession]


@pytest.fixture
def plan(cast: Cast) -> dict[str, object]:
    """Thursday, 4th period, in room 112, both mentors, Mr Haddad in charge, two places."""
    return {
        "by": cast.coordinator,
        "title": "Captions",
        "tools": [cast.tool],
        "room": cast.room,
        "places": 2,
        "minimum": 1,
        "adult_in_charge": cast.other_teacher,
        "mentors": [cast.mentor, cast.other_mentor],
        "day": cast.thursday,
        "period": cast.periods[3],
        "now": NOW,
    }


@pytest.fixture
def playground(cast: Cast, plan: dict[str, object]) -> PlaygroundSession:
    return schedule_playground(program=cast.program, **plan)


@pytest.fixture
def change(playground: PlaygroundSession, plan: dict[str, object]) -> Change:
    """Change the playground; a test names what differs."""
    return lambda **differences: change_playground(playground, **(plan | differences))


def open_kinds(person: User) -> list[str]:
    return sorted(Message.objects.waiting().filter(user=person).values_list("kind", flat=True))


def test_another_time_and_room_take_the_new_and_free_the_old(
    cast: Cast, change: Change, book: Callable[..., Booking]
) -> None:
    moved = change(day=friday(cast), period=cast.periods[1], room=cast.other_room)

    assert (moved.starts_at, moved.ends_at) == cast.span(2, friday(cast))
    assert {hold.during.lower for hold in Hold.objects.all()} == {moved.starts_at}
    assert moved.holds.filter(room=cast.other_room).count() == 1
    assert book().room == cast.room


def test_clock_times_where_no_period_fits(cast: Cast, change: Change) -> None:
    moved = change(period=None, starts=dt.time(15, 30), ends=dt.time(16, 15))

    wall = moved.starts_at.astimezone(cast.school.zone)
    assert (wall.date(), wall.time(), moved.period) == (cast.thursday, dt.time(15, 30), None)
    assert moved.ends_at - moved.starts_at == dt.timedelta(minutes=45)


def test_clock_times_on_a_day_without_school_are_refused(cast: Cast, change: Change) -> None:
    saturday = cast.thursday + dt.timedelta(days=2)

    with pytest.raises(Refused, match="no school"):
        change(day=saturday, period=None, starts=dt.time(9), ends=dt.time(10))


def test_its_own_time_is_no_clash(cast: Cast, change: Change) -> None:
    assert change(places=5).places == 5


@pytest.mark.parametrize("who", ["mentor", "room"])
def test_change_into_taken_time_leaves_it_where_it_stood(
    cast: Cast, change: Change, playground: PlaygroundSession, book: Callable[..., Booking], who: str
) -> None:
    name = {"mentor": "Maya R.", "room": "114"}[who]
    book(
        day=friday(cast),
        room=cast.other_room,
        mentor=cast.mentor if who == "mentor" else another_mentor(cast),
    )
    before = set(Hold.objects.values_list("pk", flat=True))

    with pytest.raises(TimeTaken, match=name):
        change(day=friday(cast), room=cast.other_room)

    playground.refresh_from_db()
    assert (playground.revision, playground.starts_at) == (0, cast.span()[0])
    assert set(Hold.objects.values_list("pk", flat=True)) == before


def another_mentor(cast: Cast) -> User:
    """A third mentor who is free and knows the tool."""
    person = factories.StudentFactory(school=cast.school)
    factories.ParticipantFactory(program=cast.program, person=person)
    factories.let_take_part(person, recorded_by=cast.coordinator)
    MentorTool.objects.create(mentor=factories.MentorFactory(user=person), tool=cast.tool)
    person.availability.create(day_type=cast.day_type, period=cast.periods[3])
    return person


def test_mentor_without_consent_is_refused(cast: Cast, change: Change) -> None:
    cast.other_mentor.consents.all().delete()

    with pytest.raises(Refused, match="consent is missing: Leo T."):
        change()


def test_fewer_places_than_teachers_who_come_are_refused(
    cast: Cast, change: Change, playground: PlaygroundSession
) -> None:
    sign_up(playground, by=cast.teacher, now=NOW)
    sign_up(playground, by=factories.TeacherFactory(school=cast.school), now=NOW)

    with pytest.raises(Refused, match="2 teachers are coming"):
        change(places=1)


def test_more_needed_than_places_is_refused(change: Change) -> None:
    with pytest.raises(Refused, match="More teachers"):
        change(minimum=3)


def test_only_a_coordinator_changes(cast: Cast, change: Change) -> None:
    for person in (cast.teacher, cast.mentor, cast.stranger_coordinator):
        with pytest.raises(Refused, match="coordinator"):
            change(by=person)


def test_playground_that_began_or_was_cancelled_stays(
    cast: Cast, change: Change, playground: PlaygroundSession
) -> None:
    with pytest.raises(Refused, match="begun"):
        change(now=playground.starts_at, day=friday(cast))
    cancel_playground(playground, by=cast.coordinator, now=NOW)

    with pytest.raises(Refused, match="cancelled"):
        change()


def test_new_time_is_told_to_all_and_their_reminders_move(
    cast: Cast, change: Change, playground: PlaygroundSession
) -> None:
    sign_up(playground, by=cast.teacher, now=NOW)

    moved = change(day=friday(cast))

    reminders = ["playground_reminder"] * len(cast.school.reminder_leads)
    for person in (cast.mentor, cast.other_mentor, cast.other_teacher, cast.teacher):
        assert open_kinds(person) == ["playground_changed", *reminders]
    assert {row.revision for row in Message.objects.waiting()} == {1}
    assert {row.event_at for row in Message.objects.waiting()} == {moved.starts_at}
    assert "SEQUENCE:1" in Message.objects.waiting()[0].calendar_file


def test_who_is_not_needed_any_more_is_told_and_free(cast: Cast, change: Change, playground: PlaygroundSession) -> None:
    change(mentors=[cast.mentor], adult_in_charge=cast.teacher)

    assert open_kinds(cast.other_mentor) == ["playground_released"]
    assert open_kinds(cast.other_teacher) == ["playground_released"]
    assert "playground_changed" not in open_kinds(cast.mentor)
    held = set(Hold.objects.exclude(person=None).values_list("person", flat=True))
    assert held == {cast.mentor.pk, cast.teacher.pk}


def test_link_of_each_message_opens_for_who_reads_it(
    cast: Cast, change: Change, playground: PlaygroundSession, sign_in: Callable[[User], Client]
) -> None:
    sign_up(playground, by=cast.teacher, now=NOW)
    change(mentors=[cast.mentor], adult_in_charge=cast.admin, day=friday(cast))
    change(mentors=[cast.mentor], adult_in_charge=cast.coordinator)
    cancel_playground(playground, by=cast.coordinator, now=NOW)
    told = list(Message.objects.filter(kind__startswith="playground_", lead_minutes=0).select_related("user"))

    answers = {(row.kind, row.user.username): sign_in(row.user).get(row.context["path"]).status_code for row in told}

    released = {name for kind, name in answers if kind == "playground_released"}
    assert {cast.other_mentor.username, cast.other_teacher.username, cast.admin.username} == released
    assert {kind for kind, _name in answers} == {"playground_changed", "playground_released", "playground_cancelled"}
    assert set(answers.values()) == {200}


def test_guest_who_takes_charge_is_reminded_once(cast: Cast, change: Change, playground: PlaygroundSession) -> None:
    sign_up(playground, by=cast.teacher, now=NOW)

    change(adult_in_charge=cast.teacher)

    assert open_kinds(cast.teacher) == ["playground_reminder"] * len(cast.school.reminder_leads)


def test_mentors_are_put_where_they_know_the_tool(cast: Cast, plan: dict[str, object]) -> None:
    captions, dictation = (factories.ToolFactory(school=cast.school) for _ in range(2))
    MentorTool.objects.create(mentor=cast.mentor.mentor, tool=captions)
    MentorTool.objects.create(mentor=cast.other_mentor.mentor, tool=captions)
    MentorTool.objects.create(mentor=cast.other_mentor.mentor, tool=dictation)

    made = schedule_playground(program=cast.program, **(plan | {"tools": [captions, dictation]}))

    stands = dict(made.duties.values_list("person", "station__tool"))
    assert stands == {cast.mentor.pk: captions.pk, cast.other_mentor.pk: dictation.pk}


def test_mentor_who_knows_none_of_the_tools_goes_where_help_is_needed(cast: Cast, plan: dict[str, object]) -> None:
    made = schedule_playground(program=cast.program, **(plan | {"tools": [factories.ToolFactory(school=cast.school)]}))

    assert set(made.duties.values_list("station", flat=True)) == {None}


def test_change_keeps_who_stands_where(cast: Cast, change: Change, playground: PlaygroundSession) -> None:
    place_at_stations(
        playground,
        by=cast.coordinator,
        stations={playground.duties.get(person=cast.mentor).pk: None},
        now=NOW,
    )

    change(tools=[cast.tool, factories.ToolFactory(school=cast.school)])

    assert playground.duties.get(person=cast.mentor).station is None
    assert playground.duties.get(person=cast.other_mentor).station.tool == cast.tool
    assert playground.stations.count() == 2


def test_station_that_is_taken_away_leaves_its_mentors_on_duty(
    cast: Cast, change: Change, playground: PlaygroundSession
) -> None:
    change(tools=[])

    assert set(playground.duties.values_list("person", "station")) == {
        (cast.mentor.pk, None),
        (cast.other_mentor.pk, None),
    }


def test_placing_is_the_coordinators_and_knows_no_foreign_rows(
    cast: Cast, playground: PlaygroundSession, plan: dict[str, object]
) -> None:
    other = schedule_playground(program=cast.program, **(plan | {"day": friday(cast)}))
    own, foreign = playground.duties.get(person=cast.mentor), other.duties.get(person=cast.mentor)

    with pytest.raises(Refused, match="coordinator"):
        place_at_stations(playground, by=cast.teacher, stations={own.pk: None}, now=NOW)
    place_at_stations(
        playground,
        by=cast.coordinator,
        stations={own.pk: other.stations.get().pk, foreign.pk: None},
        now=NOW,
    )

    own.refresh_from_db()
    foreign.refresh_from_db()
    assert own.station is None
    assert foreign.station == other.stations.get()


def test_mentor_who_can_not_come_frees_her_own_time_only(
    cast: Cast, playground: PlaygroundSession, book: Callable[..., Booking]
) -> None:
    leave_duty(playground, by=cast.mentor, now=NOW)

    assert list(playground.duties.values_list("person", flat=True)) == [cast.other_mentor.pk]
    assert open_kinds(cast.mentor) == []
    assert open_kinds(cast.other_mentor) == ["playground_reminder"] * len(cast.school.reminder_leads)
    assert book(room=cast.other_room).mentor == cast.mentor


def test_who_is_not_on_duty_can_not_leave_it(cast: Cast, playground: PlaygroundSession) -> None:
    with pytest.raises(Refused, match="not on duty"):
        leave_duty(playground, by=cast.teacher, now=NOW)
