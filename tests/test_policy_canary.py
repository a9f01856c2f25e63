"""Who may read which text of whom: the table, and a search for each text in everything that each visitor can receive.

Two schools are filled with words of their own (tests/canary.py). Pages, fragments, forms that were refused, exports,
mails out of a real mail server, calendar files, headers, cookies and the log are searched for them. The source of the
table is the matrix "Who may see what". Letters are those of tests/policy_table.py, and further:
"own" the person whose row it is, G the guardian who gets the mail.
"""

from __future__ import annotations

import datetime as dt
import io
import logging
import uuid
import zipfile
from collections.abc import Iterator
from email.header import decode_header, make_header
from email.message import Message as Letter

import pytest
from django.http import HttpResponse
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
from tests.canary import Canary, Farm
from tests.cast import NOW, one_more_mentor
from tests.crawl import crawl, everything_in
from tests.invitations import invitations_in
from tests.policy import HATS, VISITORS
from tests.walk import Walk
from tests.world import World

pytestmark = pytest.mark.django_db

# Everybody of the school, and nobody of another one.
SCHOOL = "C T S A T2 S2 G"
NOBODY = ""

ALLOWED: dict[str, str] = {
    # A person. Teachers and students read a student's first name and the first letter of the last one.
    "User.given_name of a student": SCHOOL,
    "User.family_name of a student": "C A own",
    "User.username of a student": "C A own",
    "User.email of a student": "C A own",
    "User.grade of a student": "C A own T T2",
    "User.title of a student": "C A own",
    "User.source_id of a student": "own",
    "User.given_name of an adult": "C A own",
    "User.family_name of an adult": SCHOOL,
    "User.title of an adult": SCHOOL,
    "User.username of an adult": "C A own",
    "User.email of an adult": "C A own",
    "User.grade of an adult": "C A own",
    "User.source_id of an adult": "own",
    # Guardians and consent
    "Guardian.name": "C own G",
    "Guardian.email": "C own G",
    "Consent.signature": "C own G",
    "ConsentText.body": SCHOOL,
    "ConsentText.on_withdrawal": SCHOOL,
    # "I need help": the mentor raised it about the teacher
    "Concern.text": "C S",
    "Concern.answer": "C S",
    # Bookings, agendas, help requests and entries: the two whom they are about, and the coordinator
    "Booking.goal": "C T S",
    "Booking.end_reason": "C T S",
    "Step.title": "C T S",
    "Step.agenda": "C T S",
    "HelpRequest.text": "C T",
    "HelpEntry.goal": "C T S",
    "HelpEntry.note": "C T S",
    "HelpEntry.verdict": "C T S",
    "HelpEntry.teacher_remark": "C T S",
    "Pairing.close_reason": "C",
    # Answers: nobody, not their author either
    "Response.answers": NOBODY,
    "Study.title": "C A T T2",
    # Class lists, and a roster between upload and confirmation
    "SchoolClass.name": "C",
    "SchoolClass.subject": "C",
    "SchoolClass.grade": "C",
    "SchoolClass.source_id": NOBODY,
    "RosterRow.given_name": "C A",
    "RosterRow.family_name": "C A",
    "RosterRow.username": "C A",
    "RosterRow.email": "C A",
    "RosterRow.grade": "C A",
    "RosterRow.title": "C A",
    "RosterRow.source_id": NOBODY,
    "RosterClass.name": NOBODY,
    "RosterClass.subject": NOBODY,
    "RosterClass.grade": NOBODY,
    "RosterClass.source_id": NOBODY,
    # The school's own words
    "School.name": SCHOOL,
    "Room.name": SCHOOL,
    "Tool.name": SCHOOL,
    "Period.name": SCHOOL,
    "DayType.name": SCHOOL,
    "BellSchedule.name": SCHOOL,
    "Program.name": SCHOOL,
    "ProgramTemplate.name": "C",
    "TemplateStep.title": "C",
    "PlaygroundSession.title": SCHOOL,
}


# What each visitor must have met in the walk below: a search that sees nothing would prove nothing.
MET = {
    "C": "Concern.text Guardian.name HelpEntry.note Booking.goal RosterRow.given_name User.username of a student",
    "T": "HelpEntry.note Booking.goal User.given_name of a student, Tool.name",
    "S": "Concern.text HelpEntry.note Booking.goal User.family_name of an adult",
    "A": "RosterRow.given_name User.family_name of a student Study.title",
    "T2": "User.given_name of a student PlaygroundSession.title",
    "S2": "User.family_name of an adult Tool.name",
    "Z": "Concern.text Guardian.name HelpEntry.note User.family_name of a student",
    "TC": "Concern.text HelpEntry.note",
    "CA": "Concern.text RosterRow.given_name",
}
# Z is of the other school, all four hats at once; none of its rows name Z.
LETTERS = {"Z": {"C", "A", "T2", "S2"}, **{label: set(hats) for label, hats in HATS.items()}}


def may_read(canary: Canary, label: str, reader: User | Guardian | None, school: int) -> bool:
    """Whether the table has an open cell for this text and this visitor."""
    if canary.school != school:
        return False
    open_to = set(ALLOWED[canary.field].split())
    is_own = "own" in open_to and isinstance(reader, User) and reader.pk in canary.people
    return is_own or not open_to.isdisjoint(LETTERS.get(label, {label}))


def leaks_in(farm: Farm, where: str, text: str, label: str, reader: User | Guardian | None) -> set[str]:
    """The canaries in a text that this visitor must not receive, each with the place."""
    school = (farm.foreign if label == "Z" else farm.own).cast.school.pk
    return {
        f"{label} reads {canary.field} of row {canary.pk}, school {canary.school}, at {where}"
        for canary in farm.found_in(text)
        if not may_read(canary, label, reader, school)
    }


def ids_in(farm: Farm, where: str, text: str, label: str) -> set[str]:
    """The ids of rows of the other school that were handed over, but for those that were asked for."""
    ids_of = farm.own_ids_in if label == "Z" else farm.foreign_ids_in
    return {f"{label} is handed {number} at {where}" for number in ids_of(text) - ids_of(where)}


def log_of(caplog: pytest.LogCaptureFixture) -> str:
    """What the program wrote into its log, without what the tests' own mail server wrote."""
    records = [record for record in caplog.records if not record.name.startswith("mail.")]
    return "\n".join([*(record.getMessage() for record in records), *(record.exc_text or "" for record in records)])


def test_the_table_names_every_text_and_no_other(farm: Farm) -> None:
    assert {canary.field for canary in farm.canaries.values()} == set(ALLOWED)


@pytest.mark.parametrize("label", VISITORS)
def test_visitor_receives_no_text_outside_the_table_and_no_id_of_the_other_school(
    label: str, farm: Farm, walk: Walk, caplog: pytest.LogCaptureFixture
) -> None:
    leaks, met = set(), set()
    caplog.set_level(logging.INFO)

    for where, text in walk.all_received(label):
        leaks |= leaks_in(farm, where, text, label, walk.people.get(label))
        leaks |= ids_in(farm, where, text, label)
        met |= {canary.field for canary in farm.found_in(text)}

    assert not leaks, "\n".join(sorted(leaks))
    assert not farm.found_in(log_of(caplog)), "the log"
    assert [field for field in ALLOWED if field in MET.get(label, "") and field not in met] == []


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


def test_the_scan_finds_a_leak_on_a_page(farm: Farm, walk: Walk) -> None:
    secret = next(canary for canary in farm.canaries.values() if canary.field == "Guardian.email")
    farm.own.cast.tool.name = f"Reader {secret.song}"
    farm.own.cast.tool.save()

    leaks = set()
    for where, text in crawl(walk.clients["T"], ["/"]):
        leaks |= leaks_in(farm, where, text, "T", walk.people["T"])

    assert any("Guardian.email" in leak for leak in leaks)


def test_the_scan_finds_a_leak_between_schools(farm: Farm, walk: Walk) -> None:
    foreign = farm.foreign.booking
    foreign.teacher = farm.own.cast.teacher
    foreign.save()

    leaks = set()
    for where, text in crawl(walk.clients["T"], ["/"]):
        leaks |= leaks_in(farm, where, text, "T", walk.people["T"])

        leaks |= ids_in(farm, where, text, "T")

    assert any(f"school {farm.foreign.cast.school.pk}" in leak for leak in leaks)
    assert any(f"handed {foreign.mentor_id}" in leak for leak in leaks)


def test_the_scan_finds_a_leak_in_a_header_a_cookie_and_a_file_in_a_zip(farm: Farm) -> None:
    song = next(iter(farm.canaries))
    header, cookie, packed = HttpResponse(headers={"X-Note": song}), HttpResponse(), io.BytesIO()
    cookie.set_cookie("note", song)
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("note.txt", song.upper())

    answers = [header, cookie, HttpResponse(packed.getvalue())]

    assert all(farm.found_in(everything_in(answer)) for answer in answers)
