"""No mail and no calendar file tells anybody more than the table of tests/policy_texts.py."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message as Letter

import pytest
from pytest_django import Settings

from accounts.mail import KINDS
from accounts.models import Guardian, Message, User
from accounts.services import invite
from accounts.services.consent_chase import chase_guardians
from accounts.services.delivery import deliver_due
from accounts.services.password_link import post_password_link
from accounts.services.person import follow_changed_address
from accounts.services.sign_in import tell_sign_in_changed
from config.digest import write_digests
from sessions_app.models import Booking
from sessions_app.services import (
    book_mentor,
    book_series,
    cancel_booking,
    cancel_playground,
    cancel_series,
    move_booking,
    raise_concern,
    replace_mentor,
)
from sessions_app.services.log_reminders import remind_of_logs
from sessions_app.services.playground_change import change_playground
from sessions_app.services.playground_waitlist import offer_due_places
from tests.accounts.smtp_sink import Sink
from tests.canary import Farm
from tests.cast import NOW, one_more_mentor
from tests.invitations import invitations_in
from tests.policy_texts import leaks_in, log_of
from tests.walk import Walk
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with Sink() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        yield server


def happenings(world: World) -> None:
    """A week of a school, so that a mail of every kind is written."""
    cast = world.cast
    User.objects.filter(pk=cast.other_teacher.pk).update(password="!")
    invite(cast.other_teacher, by=cast.coordinator, now=NOW)
    world.school_class.students.remove(cast.other_mentor)  # whom nobody books who grades them
    booking = book_mentor(
        by=cast.other_teacher, program=cast.program, teacher=cast.other_teacher, mentor=cast.other_mentor,
        tool=cast.tool, room=cast.other_room, day=cast.thursday, period=cast.periods[1], learner_group="eb",
        goal="", request_key=uuid.uuid4(), now=NOW,
    )  # fmt: skip
    booking = move_booking(
        booking, by=cast.other_teacher, day=cast.thursday, period=cast.periods[2], room=cast.other_room, now=NOW
    )
    book_series(
        booking, by=cast.other_teacher, until=cast.thursday + dt.timedelta(days=14), weekdays=[3], every=1, left_out=[],
        revision=booking.revision, request_key=uuid.uuid4(), now=NOW,
    )  # fmt: skip
    follow_changed_address(cast.other_mentor, cast.other_mentor.email, now=NOW)
    post_password_link(cast.teacher, now=NOW)
    tell_sign_in_changed(cast.coordinator, "totp_activated", now=NOW)
    chase_guardians([cast.mentor], by=cast.coordinator, now=NOW, all_purposes=True)
    remind_of_logs(now=NOW)
    offer_due_places(now=NOW)
    change_playground(
        world.playground, by=cast.coordinator, title=world.playground.title, tools=[cast.tool], room=cast.other_room,
        places=12, minimum=0, adult_in_charge=cast.teacher, mentors=[], day=cast.thursday, period=cast.periods[0],
        now=NOW,
    )  # fmt: skip
    write_digests(dt.datetime.combine(cast.thursday, dt.time(7), cast.school.zone))
    deliver_due(now=lambda: NOW)
    last = Booking.objects.filter(series__bookings=booking).latest("starts_at")
    replace_mentor(last, by=cast.coordinator, mentor=one_more_mentor(cast), now=NOW)
    deliver_due(now=lambda: NOW)
    cancel_series(last, by=cast.other_teacher, reason="", now=NOW)
    cancel_booking(booking, by=cast.other_teacher, reason="", now=NOW)
    deliver_all()
    cancel_playground(world.playground, by=cast.coordinator, now=NOW)
    raise_concern(by=cast.other_mentor, about=cast.other_teacher, text="", now=NOW)


def deliver_all() -> None:
    """Send every message in its time."""
    for moment in sorted(set(Message.objects.waiting().values_list("due_at", flat=True))):
        deliver_due(now=lambda moment=moment: max(moment, NOW))


def words_of(letter: Letter) -> str:
    """Headers and parts of a mail, decoded, with its calendar file."""
    headers = [f"{name}: {make_header(decode_header(value))}" for name, value in letter.items()]
    parts = [part.get_payload(decode=True).decode() for part in letter.walk() if not part.is_multipart()]
    return "\n".join([*headers, *parts])


def test_mails_and_calendar_files_tell_nobody_more_than_the_table(
    farm: Farm, walk: Walk, sink: Sink, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    labels = {person.pk: label for label, person in walk.people.items()}

    for world in (farm.own, farm.foreign):
        happenings(world)
    deliver_all()
    readers = {person.email: person for person in [*User.objects.all(), *Guardian.objects.all()]}

    leaks, met, invited = set(), set(), set()
    for letter in sink.letters:
        reader = readers[letter["To"]]
        of_own_school = farm.own.cast.school == (reader.student if isinstance(reader, Guardian) else reader).school
        own_label = "G" if isinstance(reader, Guardian) else labels.get(reader.pk, "T2")
        label = own_label if of_own_school else "Z"
        leaks |= leaks_in(farm, f"mail {letter['Subject']}", words_of(letter), label, reader)
        invited |= {(one.method, str(one.attendee) == f"mailto:{reader.email}") for one in invitations_in(letter)}
        met |= {canary.field for canary in farm.found_in(words_of(letter))}
    assert not leaks, "\n".join(sorted(leaks))
    assert {"Booking.goal", "User.given_name of a student", "User.family_name of an adult", "Room.name"} <= met
    assert invited == {("REQUEST", True), ("CANCEL", True)}
    assert not farm.found_in(log_of(caplog)), "the log"
    sent = Message.objects.filter(state="sent").values_list("kind", flat=True)
    assert set(KINDS) - set(sent) == set(), "let it happen in happenings()"
