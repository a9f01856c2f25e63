"""The calendar that a person's own calendar program follows: who gets it, what stands in it, and what does not."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Callable
from typing import Any

import icalendar
import pytest
import time_machine
import vobject
from django.test import Client
from django.urls import reverse

from accounts import calendar_file, mail
from accounts.models import Message, SecretLink, User
from accounts.services import Refused
from accounts.services.calendar_feed import end_feed, make_feed
from sessions_app.models import Booking
from sessions_app.services import cancel_booking, move_booking
from sessions_app.services.notices import of_booking
from tests import factories
from tests.cast import NOW, Cast
from tests.policy import changed_since, fingerprint

Book = Callable[..., Booking]
SignIn = Callable[[User], Client]
pytestmark = pytest.mark.usefixtures("in_november")


def address_of(person: User, *, now: dt.datetime = NOW) -> str:
    return reverse("feed", args=[make_feed(by=person, now=now)])


def text_of(address: str) -> str:
    response = Client().get(address)
    assert response.status_code == 200
    return response.content.decode()


def events_in(text: str) -> list[Any]:
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


def test_feed_holds_ones_own_sessions_as_both_readers_read_them(cast: Cast, book: Book) -> None:
    booking = book()
    book(teacher=cast.other_teacher, mentor=cast.other_mentor, room=cast.other_room)
    start, end = cast.span()

    text = text_of(address_of(cast.mentor))

    (event,) = events_in(text)
    other = vobject.readOne(text).vevent
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (start, end)
    assert (other.dtstart.value, other.dtend.value) == (start, end)
    assert event["UID"] == other.uid.value == calendar_file.event_uid(booking.about)
    assert event["LOCATION"] == other.location.value == "112"
    assert event["SUMMARY"] == other.summary.value == "Tech help"


@pytest.mark.parametrize("part", ["adult_in_charge", "duty", "sign_up"])
def test_feed_holds_playgrounds_in_which_one_has_a_part(cast: Cast, part: str) -> None:
    playground = factories.PlaygroundSessionFactory(program=cast.program, revision=3)
    factories.PlaygroundSessionFactory(program=cast.program)
    person = cast.other_mentor if part == "duty" else cast.teacher
    if part == "adult_in_charge":
        playground.adult_in_charge = person
        playground.save()
    elif part == "duty":
        playground.duties.create(person=person)
    else:
        playground.sign_ups.create(teacher=person, signed_up_at=NOW)

    (event,) = events_in(text_of(address_of(person)))

    assert (event["UID"], event["SEQUENCE"]) == (calendar_file.event_uid(playground.about), 3)


def test_feed_names_nobody_and_no_topic(cast: Cast, book: Book) -> None:
    book(goal="Persuasive texts")
    factories.PlaygroundSessionFactory(program=cast.program, title="Read aloud", adult_in_charge=cast.teacher)

    text = text_of(address_of(cast.teacher))

    assert len(events_in(text)) == 2
    unfolded = text.replace("\r\n ", "")
    for words in ("Maya", "Rahman", "Ortiz", "Ana", "Persuasive", "Immersive", "Read aloud", "@example.org", "Lincoln"):
        assert words not in unfolded
    assert "ATTENDEE" not in unfolded
    assert "ORGANIZER" not in unfolded


def test_feed_follows_a_move_and_forgets_what_was_cancelled(cast: Cast, book: Book) -> None:
    booking = book()
    address = address_of(cast.teacher)
    (before,) = events_in(text_of(address))

    move_booking(booking, by=cast.teacher, day=cast.thursday, period=cast.periods[0], room=cast.room, now=NOW)
    (after,) = events_in(text_of(address))
    cancel_booking(booking, by=cast.teacher, reason="", now=NOW)

    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after.decoded("DTSTART") == cast.span(1)[0]
    assert events_in(text_of(address)) == []


def test_feed_speaks_the_language_of_its_owner(cast: Cast, book: Book) -> None:
    book()
    cast.teacher.language = "es"
    cast.teacher.save()

    (event,) = events_in(text_of(address_of(cast.teacher)))

    assert event["SUMMARY"] == "Ayuda con tecnología"


def test_feed_that_did_not_change_is_not_sent_again(cast: Cast, book: Book) -> None:
    booking = book()
    address = address_of(cast.teacher)
    first = Client().get(address)

    with time_machine.travel(NOW + dt.timedelta(hours=3), tick=False):
        again = Client().get(address, headers={"If-None-Match": first["ETag"]})
        cancel_booking(booking, by=cast.teacher, reason="", now=NOW)
        changed = Client().get(address, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert changed.status_code == 200
    assert first["Cache-Control"] == "private, max-age=300"
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    assert first["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("count", [1, 30])
def test_feed_costs_the_same_for_1_and_30_sessions(cast: Cast, count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        start = NOW + dt.timedelta(days=1, hours=number)
        factories.BookingFactory(
            program=cast.program, teacher=cast.teacher, mentor=cast.mentor, starts_at=start,
            ends_at=start + dt.timedelta(minutes=45),
        )  # fmt: skip
        factories.PlaygroundSessionFactory(program=cast.program, adult_in_charge=cast.teacher)
    address = address_of(cast.teacher)

    with django_assert_num_queries(3):  # the link with its owner, bookings, playgrounds
        assert len(events_in(text_of(address))) == 2 * count


# Who gets none


def dead_addresses(cast: Cast) -> dict[str, str]:
    replaced = address_of(cast.teacher)
    address_of(cast.teacher)
    ended = address_of(cast.other_teacher)
    end_feed(by=cast.other_teacher, now=NOW)
    left = address_of(cast.mentor)
    User.objects.filter(pk=cast.mentor.pk).update(is_active=False)
    without_role = address_of(cast.coordinator)
    User.objects.filter(pk=cast.coordinator.pk).update(roles=["admin"])
    too_old = address_of(cast.other_mentor, now=NOW - dt.timedelta(days=401))
    return {
        "replaced": replaced,
        "ended": ended,
        "left": left,
        "without_role": without_role,
        "too_old": too_old,
        "unknown": reverse("feed", args=["no-such-secret"]),
    }


def test_every_dead_address_is_the_same_missing_page_and_writes_nothing(cast: Cast) -> None:
    addresses = dead_addresses(cast)
    before = fingerprint()

    answers = {name: Client().get(address) for name, address in addresses.items()}

    assert {answer.status_code for answer in answers.values()} == {404}
    assert len({answer.content.replace(addresses[name].encode(), b"") for name, answer in answers.items()}) == 1
    assert not any(answer.has_header("ETag") for answer in answers.values())
    assert changed_since(before) == []


def test_secret_of_another_purpose_is_no_calendar(cast: Cast) -> None:
    from accounts.services.secret_link import mint_link

    _link, secret = mint_link("invitation", holder=cast.teacher, by=cast.coordinator, now=NOW)

    assert Client().get(reverse("feed", args=[secret])).status_code == 404


def test_address_is_not_in_the_database(cast: Cast) -> None:
    secret = make_feed(by=cast.teacher, now=NOW)

    row = SecretLink.objects.get(user=cast.teacher)

    assert len(secret) >= 43
    assert secret not in str(row.__dict__)
    assert Client().get(reverse("feed", args=[row.secret_hash])).status_code == 404


@pytest.mark.parametrize("who", ["admin"])
def test_who_has_no_calendar_makes_no_address(cast: Cast, who: str) -> None:
    with pytest.raises(Refused):
        make_feed(by=getattr(cast, who), now=NOW)

    assert not SecretLink.objects.exists()


# The page


def test_page_shows_the_address_once_and_ends_it(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.teacher)

    made = client.post(reverse("feed_make")).content.decode()
    address = made[made.index("<code") :].split(">")[1].split("<")[0]
    later = client.get(reverse("feed_page")).content.decode()

    path = address[address.index("/calendar/feed/") :]
    assert Client().get(path).status_code == 200
    assert path not in later
    assert "You made an address on 22 November 2026. It works until 27 December 2027." in later
    ended = client.post(reverse("feed_end"), follow=True).content.decode()
    assert "The address no longer works." in ended
    assert "You made an address" not in ended
    assert Client().get(path).status_code == 404


def test_page_knows_nothing_of_other_peoples_addresses(cast: Cast, sign_in: SignIn) -> None:
    address_of(cast.other_teacher)
    client = sign_in(cast.teacher)

    assert "You made an address" not in client.get(reverse("feed_page")).content.decode()
    client.post(reverse("feed_end"))
    assert SecretLink.objects.get().revoked_at is None


# When clocks change


@pytest.mark.parametrize(
    ("zone", "change"),
    [("America/Chicago", dt.date(2026, 11, 1)), ("America/Chicago", dt.date(2027, 3, 14)),
     ("Europe/Madrid", dt.date(2027, 3, 28))],
)  # fmt: skip
def test_page_mail_and_both_files_say_the_same_time_over_a_change_of_the_clocks(
    cast: Cast, sign_in: SignIn, zone: str, change: dt.date
) -> None:
    cast.school.time_zone = zone
    cast.school.save()
    wall = zoneinfo.ZoneInfo(zone)
    moments = [dt.datetime.combine(change + dt.timedelta(days=days), dt.time(10, 40), wall) for days in (-4, 3)]
    now = moments[0].astimezone(dt.UTC) - dt.timedelta(days=3)
    assert moments[0].utcoffset() != moments[1].utcoffset()
    bookings = [
        factories.BookingFactory(
            program=cast.program,
            teacher=cast.teacher,
            mentor=cast.mentor,
            starts_at=moment.astimezone(dt.UTC),
            ends_at=moment.astimezone(dt.UTC) + dt.timedelta(minutes=45),
        )  # fmt: skip
        for moment in moments
    ]

    with time_machine.travel(now, tick=False):
        client = sign_in(cast.teacher)
        feed = text_of(address_of(cast.teacher, now=now))
        for booking, moment in zip(bookings, moments, strict=True):
            page = client.get(reverse("booking_detail", args=[booking.pk])).content.decode()
            message = next(
                row for row in of_booking(Booking.objects.get(pk=booking.pk), news="booking_made", now=now)
                if row.user_id == cast.teacher.pk
            )  # fmt: skip
            Message.objects.bulk_create([message])
            message = Message.objects.select_related("school", "user").get(pk=message.pk)
            letter = mail.render(message, now=now)

            assert "10:40" in page
            for view in ("list", "calendar", "month"):
                drawn = client.get(reverse("calendar"), {"week": str(moment.date()), "view": view}).content.decode()
                assert "10:40" in drawn[drawn.index(reverse("booking_detail", args=[booking.pk])) - 600 :][:1200]
            span = {"start": str(moment.date()), "end": str(moment.date() + dt.timedelta(days=1))}
            (event,) = client.get(reverse("calendar_events"), span).json()
            assert event["start"] == moment.isoformat()
            assert "10:40 to 11:25" in str(letter.body)
            for text in (message.calendar_file, feed):
                (one,) = [event for event in events_in(text) if event["UID"] == calendar_file.event_uid(booking.about)]
                (other,) = [
                    event for event in vobject.readOne(text).vevent_list
                    if event.uid.value == calendar_file.event_uid(booking.about)
                ]  # fmt: skip
                assert one.decoded("DTSTART") == other.dtstart.value == moment
                assert one.decoded("DTSTART").astimezone(wall).time() == dt.time(10, 40)
