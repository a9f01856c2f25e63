"""A school in which every kind of row exists once, for the tests that walk all pages."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import Concern, Consent, ConsentText, Message, RosterUpload
from accounts.services import agree
from mentorship.models import HelpEntry, Pairing, Participant
from sessions_app.models import Booking, PlaygroundSession
from sessions_app.services import book_mentor, schedule_playground, sign_up
from surveys.models import Study, Wave
from surveys.services import create_study
from tests import factories
from tests.cast import NOW, TODAY, Cast

REQUEST_KEYS = [f"00000000-0000-4000-8000-00000000000{n}" for n in range(3)]


@dataclass
class World:
    """The rows: each belongs to the cast's teacher and mentor, so that everybody else is an outsider to it."""

    cast: Cast
    booking: Booking
    past_booking: Booking
    playground: PlaygroundSession
    pairing: Pairing
    participant: Participant
    entry: HelpEntry
    concern: Concern
    message: Message
    study: Study
    wave: Wave
    consent: Consent
    upload: RosterUpload
    draft_text: ConsentText


def make_world(cast: Cast) -> World:
    """Write one row of each kind, by the services where there is one."""
    wish = {
        "by": cast.teacher, "program": cast.program, "teacher": cast.teacher, "mentor": cast.mentor,
        "tool": cast.tool, "room": cast.room, "learner_group": "eb", "goal": "Persuasive texts",
    }  # fmt: skip
    booking = book_mentor(**wish, day=cast.thursday, period=cast.periods[3], request_key=REQUEST_KEYS[0], now=NOW)
    past_booking = factories.BookingFactory(
        program=cast.program, teacher=cast.teacher, mentor=cast.mentor, room=cast.room, tool=cast.tool,
        starts_at=NOW - dt.timedelta(days=2), ends_at=NOW - dt.timedelta(days=2, minutes=-45),
    )  # fmt: skip
    playground = schedule_playground(
        by=cast.coordinator, program=cast.program, title="Captions", tools=[cast.tool], room=cast.library, places=12,
        adult_in_charge=cast.coordinator, mentors=[cast.mentor], day=cast.thursday, period=cast.periods[0], now=NOW,
    )  # fmt: skip
    sign_up(playground, by=cast.teacher, now=NOW)
    study = create_study(
        school=cast.school,
        title="This term",
        programs=[cast.program],
        pre=(NOW - dt.timedelta(days=1), NOW + dt.timedelta(days=7)),
        post=(NOW + dt.timedelta(days=60), NOW + dt.timedelta(days=70)),
        by=cast.coordinator,
        now=NOW - dt.timedelta(days=1),
    )
    return World(
        cast=cast,
        booking=booking,
        past_booking=past_booking,
        playground=playground,
        pairing=factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor),
        participant=Participant.objects.get(program=cast.program, person=cast.other_mentor),
        entry=factories.HelpEntryFactory(
            program=cast.program, teacher=cast.teacher, student=cast.mentor, helped_on=dt.date(2026, 11, 20)
        ),
        concern=Concern.objects.create(school=cast.school, raised_by=cast.mentor, about=cast.teacher, raised_at=NOW),
        message=Message.objects.filter(about=booking.about, user=cast.teacher, kind="booking_reminder")[0],
        study=study,
        wave=study.waves.order_by("opens_at")[0],
        consent=agree(cast.teacher, Consent.Purpose.RESEARCH_USE, text_version="2026-1", today=TODAY),
        draft_text=ConsentText.objects.get(school=cast.school, purpose="take_part", reader="guardian", language="es"),
        upload=RosterUpload.objects.create(school=cast.school, by=cast.coordinator, uploaded_at=NOW),
    )
