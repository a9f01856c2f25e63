"""Checking in at a playground: own PIN, a tablet that can do nothing else, a limit on wrong ones, the wall board."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Message
from accounts.services import Refused
from sessions_app.models import Attendance, PlaygroundSession
from sessions_app.reports.playground_pin import pin_of, spoken_pin
from sessions_app.services import WrongPin, check_in, schedule_playground, sign_up
from tests import factories
from tests.cast import NOW, Cast

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def playground(cast: Cast) -> PlaygroundSession:
    """Ms Ortiz comes, Maya is on duty, Mr Haddad is in charge."""
    made = schedule_playground(
        by=cast.coordinator,
        program=cast.program,
        title="Captions",
        tools=[cast.tool],
        room=cast.library,
        places=3,
        adult_in_charge=cast.other_teacher,
        mentors=[cast.mentor],
        day=cast.thursday,
        period=cast.periods[3],
        now=NOW,
    )
    sign_up(made, by=cast.teacher, now=NOW)
    return made


@pytest.fixture
def tablet(client, cast, playground):
    """A browser that Mr Haddad turned into the kiosk, as the playground begins."""
    with time_machine.travel(playground.starts_at, tick=False):
        client.force_login(cast.other_teacher)
        client.post(reverse("playground_kiosk", args=[playground.pk]))
        yield client


def wrong_pin(playground: PlaygroundSession, *people) -> str:
    """A PIN that is nobody's."""
    taken = {pin_of(playground, person) for person in people}
    return next(pin for pin in ("000000", "000001", "000002", "000003") if pin not in taken)


@pytest.mark.parametrize("who", ["teacher", "mentor", "other_teacher"])
def test_who_is_expected_checks_in_once_with_the_own_pin(cast: Cast, playground: PlaygroundSession, who: str) -> None:
    person = getattr(cast, who)

    for minute in range(2):
        found = check_in(playground, pin=pin_of(playground, person), now=playground.starts_at + minute * HOUR / 60)

    assert found == person
    assert Attendance.objects.get().person == person
    assert Attendance.objects.get().checked_in_at == playground.starts_at


def test_pin_is_for_one_person_at_one_playground(cast: Cast, playground: PlaygroundSession) -> None:
    other = factories.PlaygroundSessionFactory(program=cast.program)

    pins = {pin_of(one, person) for one in (playground, other) for person in (cast.teacher, cast.mentor)}

    assert len(pins) == 4
    assert all(len(pin) == 6 and pin.isdigit() for pin in pins)


def test_pin_of_somebody_who_is_not_expected_is_not_known(cast: Cast, playground: PlaygroundSession) -> None:
    for person in (cast.other_mentor, cast.coordinator, cast.stranger):
        with pytest.raises(WrongPin):
            check_in(playground, pin=pin_of(playground, person), now=playground.starts_at)

    assert not Attendance.objects.exists()


def test_doors_open_an_hour_before_and_close_at_the_end(cast: Cast, playground: PlaygroundSession) -> None:
    pin = pin_of(playground, cast.teacher)

    for now in (playground.starts_at - HOUR - HOUR / 60, playground.ends_at):
        with pytest.raises(Refused, match="Nobody can check in now"):
            check_in(playground, pin=pin, now=now)
    check_in(playground, pin=pin, now=playground.starts_at - HOUR)

    assert Attendance.objects.count() == 1


def test_cancelled_playground_takes_nobody_in(cast: Cast, playground: PlaygroundSession) -> None:
    playground.state = PlaygroundSession.State.CANCELLED
    playground.save()

    with pytest.raises(Refused, match="Nobody can check in now"):
        check_in(playground, pin=pin_of(playground, cast.teacher), now=playground.starts_at)


def test_reminder_tells_each_the_own_pin(cast: Cast, playground: PlaygroundSession) -> None:
    told = {row.user_id: row.context["pin"] for row in Message.objects.filter(kind="playground_reminder")}

    assert told == {
        person.pk: spoken_pin(playground, person) for person in (cast.teacher, cast.mentor, cast.other_teacher)
    }


@pytest.mark.usefixtures("in_november")
@pytest.mark.parametrize("who", ["teacher", "mentor"])
def test_home_and_page_show_the_own_pin_and_nobody_elses(cast, sign_in, playground, who):
    person, client = getattr(cast, who), sign_in(getattr(cast, who))
    others = {cast.teacher, cast.mentor, cast.other_teacher} - {person}

    for url in (reverse("home"), reverse("playground_detail", args=[playground.pk])):
        page = client.get(url).content.decode()

        assert f"Your PIN at the entrance: {spoken_pin(playground, person)}" in page
        assert all(spoken_pin(playground, other) not in page for other in others)


def test_tablet_greets_by_first_name(cast, tablet, playground):
    page = tablet.post(reverse("kiosk"), {"pin": spoken_pin(playground, cast.mentor)}).content.decode()

    assert "Hello, Maya! You are checked in." in page
    assert "Rahman" not in page
    assert Attendance.objects.get().person == cast.mentor


def test_tablet_answers_its_script_in_json(cast, tablet, playground):
    answer = tablet.post(
        reverse("kiosk"), {"pin": pin_of(playground, cast.teacher)}, headers={"accept": "application/json"}
    )

    assert answer.json() == {"said": "Hello, Ana! You are checked in."}


def test_tablet_is_signed_out_and_shows_nothing_else(cast, tablet, playground):
    pages = [reverse("home"), reverse("calendar"), reverse("playground_detail", args=[playground.pk])]

    answers = [tablet.get(page) for page in pages]

    assert all(answer.url.startswith(reverse("account_login")) for answer in answers)
    assert "Captions" in tablet.get(reverse("kiosk")).content.decode()


def test_tablet_ends_with_the_playground_with_a_sign_in_and_with_a_cancellation(cast, tablet, playground):
    with time_machine.travel(playground.ends_at, tick=False):
        over = tablet.get(reverse("kiosk")).status_code
    PlaygroundSession.objects.update(state="cancelled")
    cancelled = tablet.get(reverse("kiosk_board")).status_code
    PlaygroundSession.objects.update(state="planned")
    tablet.force_login(cast.coordinator)
    signed_in = tablet.get(reverse("kiosk")).status_code

    assert (over, cancelled, signed_in) == (404, 404, 404)


def test_other_browsers_have_no_kiosk(client, cast, sign_in, playground):
    assert client.get(reverse("kiosk")).status_code == 404
    assert client.post(reverse("kiosk"), {"pin": pin_of(playground, cast.teacher)}).status_code == 404
    assert client.get(reverse("kiosk_board")).status_code == 404
    assert not Attendance.objects.exists()


@pytest.mark.usefixtures("in_november")
@pytest.mark.parametrize(
    ("who", "status"),
    [("teacher", 403), ("mentor", 403), ("other_mentor", 404), ("stranger_coordinator", 404), ("admin", 403)],
)
def test_only_the_coordinator_and_the_adult_in_charge_open_it(cast, sign_in, playground, who, status):
    client = sign_in(getattr(cast, who))

    answer = client.post(reverse("playground_kiosk", args=[playground.pk]))

    assert answer.status_code == status
    assert client.get(reverse("home")).status_code == 200
    assert client.get(reverse("kiosk")).status_code == 404


@pytest.mark.usefixtures("in_november")
def test_coordinator_opens_it_too(cast, sign_in, playground):
    client = sign_in(cast.coordinator)

    answer = client.post(reverse("playground_kiosk", args=[playground.pk]), follow=True)

    assert answer.status_code == 200
    assert "Your PIN" in answer.content.decode()


def test_wrong_pins_are_limited_for_five_minutes(cast, tablet, playground):
    pin = wrong_pin(playground, cast.teacher, cast.mentor, cast.other_teacher)
    right = {"pin": pin_of(playground, cast.teacher)}

    wrong = [tablet.post(reverse("kiosk"), {"pin": pin}).status_code for _ in range(11)]
    locked = tablet.post(reverse("kiosk"), right)
    with time_machine.travel(playground.starts_at + dt.timedelta(minutes=6), tick=False):
        later = tablet.post(reverse("kiosk"), right)

    assert wrong == [422] * 10 + [429]
    assert (locked.status_code, later.status_code) == (429, 200)
    assert "Too many wrong PINs" in locked.content.decode()


def test_tablet_says_that_it_is_too_early(cast, tablet, playground):
    with time_machine.travel(playground.starts_at - 3 * HOUR, tick=False):
        answer = tablet.post(reverse("kiosk"), {"pin": pin_of(playground, cast.teacher)})

    assert answer.status_code == 422
    assert "Nobody can check in now." in answer.content.decode()


def test_wall_board_shows_stations_first_names_and_free_places_only(cast, tablet, playground):
    playground.duties.create(person=cast.other_mentor)

    answer = tablet.get(reverse("kiosk_board"))

    page = answer.content.decode()
    assert answer["Refresh"] == "20"
    assert "2 places are free" in page
    assert cast.tool.name in page
    assert "Maya" in page
    assert "Leo" in page
    for hidden in ("Rahman", "Tran", "Ortiz", "Ana", "Haddad"):
        assert hidden not in page


def test_coordinator_sees_who_was_here_and_nobody_else_does(cast, sign_in, tablet, playground):
    tablet.post(reverse("kiosk"), {"pin": pin_of(playground, cast.teacher)})
    tablet.post(reverse("kiosk"), {"pin": pin_of(playground, cast.mentor)})
    url = reverse("playground_detail", args=[playground.pk])

    with time_machine.travel(playground.ends_at + dt.timedelta(days=2), tick=False):
        seen = {
            who: sign_in(getattr(cast, who)).get(url).content.decode().count("was here")
            for who in ("coordinator", "teacher", "mentor")
        }

    assert seen == {"coordinator": 2, "teacher": 0, "mentor": 0}


@pytest.mark.parametrize("count", [1, 30])
def test_board_costs_the_same_for_1_and_30_mentors(cast, tablet, playground, count, django_assert_num_queries):
    for _ in range(count):
        station = playground.stations.create(tool=factories.ToolFactory(school=cast.school), position=1)
        playground.duties.create(person=factories.StudentFactory(school=cast.school), station=station)

    with django_assert_num_queries(6):
        page = tablet.get(reverse("kiosk_board")).content.decode()

    assert page.count("sheet-row") == 1 + count
