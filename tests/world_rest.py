"""The rows of a whole school that no page of the policy's table needs by itself, so that no table of ours is empty."""

from __future__ import annotations

import datetime as dt
import json
import uuid

from accounts.field_key import encrypt
from accounts.models import (
    ErasureRequest,
    FlagGrant,
    FlagRead,
    Guardian,
    Job,
    LearnerFlags,
    Message,
    MessageChoice,
    RetentionReport,
    RosterClass,
    RosterRow,
    RosterUpload,
    SchoolClass,
)
from accounts.services.secret_link import mint_link
from mentorship.models import AvailabilityException, HelpRequest, Pairing, ProgramTemplate, Step, TemplateStep
from sessions_app.models import (
    Attendance,
    Booking,
    BookingRules,
    KeptTime,
    PlaygroundSession,
    Series,
    UnmetWish,
    WaitlistEntry,
)
from surveys.models import Receipt, Response, Study
from tests import factories
from tests.cast import NOW, TODAY, Cast


def make_guardian(cast: Cast) -> Guardian:
    """The mentor's guardian, who reads Spanish."""
    return Guardian.objects.create(
        student=cast.mentor, name="Rosa Rahman", language="es", email=f"rosa{cast.school.pk}@example.org"
    )


def make_class(cast: Cast) -> SchoolClass:
    """A class of the other teacher, with both mentors in it."""
    school_class = SchoolClass.objects.create(
        school=cast.school, name="Math 7A", subject="Math", grade="7", is_core=True, source_id="class-1"
    )
    school_class.teachers.add(cast.other_teacher)
    school_class.students.add(cast.mentor, cast.other_mentor)
    school_class.periods.add(cast.periods[0])
    school_class.day_types.add(cast.day_type)
    return school_class


def make_step(pairing: Pairing) -> Step:
    """A planned session of the pair, with an agenda that the teacher wrote."""
    return Step.objects.create(
        pairing=pairing, position=1, title="Captions", direction="teacher_leads", agenda="What we do first",
        agenda_owner="teacher", is_agenda_hidden_until_start=True,
    )  # fmt: skip


def make_help_request(cast: Cast) -> HelpRequest:
    """A teacher's ask that nobody has taken."""
    return HelpRequest.objects.create(
        program=cast.program, teacher=cast.teacher, tool=cast.tool, text="My seventh grade", asked_at=NOW
    )


def make_the_rest(cast: Cast, *, guardian: Guardian, upload: RosterUpload, study: Study) -> None:
    """One row of every other kind."""
    mint_link("guardian_consent", holder=guardian, by=cast.coordinator, now=NOW)
    LearnerFlags.objects.create(
        student=cast.mentor, ciphertext=encrypt(json.dumps({"eb": True, "dyslexic": False})), updated_at=NOW
    )
    FlagGrant.objects.create(user=cast.coordinator, granted_by=cast.admin, granted_at=NOW, ended_at=NOW)
    FlagRead.objects.create(school=cast.school, reader=cast.coordinator, student=cast.mentor, read_at=NOW)
    ErasureRequest.objects.create(person=cast.mentor, asked_at=NOW)
    RetentionReport.objects.create(school=cast.school, date=TODAY - dt.timedelta(days=1), counts={"messages": 3})
    Job.objects.create(school=cast.school, by=cast.coordinator, kind="accounts.tasks.scan_outbox", parameters={})
    RosterRow.objects.create(
        upload=upload, number=2, fate=RosterRow.Fate.NEW, role="teacher", given_name="Nora", family_name="Ng",
        username=f"ng{upload.pk}", email="nora.ng@example.org", title="Ms", source_id="roster-1",
    )  # fmt: skip
    RosterClass.objects.create(upload=upload, source_id="class-9", name="Art 8", subject="Art", grade="8")
    template = ProgramTemplate.objects.filter(school=cast.school)[0]
    TemplateStep.objects.create(template=template, position=90, title="Last step", direction="both")
    AvailabilityException.objects.create(person=cast.teacher, date=cast.thursday, period=cast.periods[2], is_free=False)
    MessageChoice.objects.create(user=cast.mentor, topic="changes", channel="home")
    Message.objects.create(
        school=cast.school, guardian=guardian, kind="booking_reminder", about="booking:0", revision=0,
        event_at=NOW, due_at=NOW, state=Message.State.CANCELLED,
    )  # fmt: skip
    Series.objects.create(
        program=cast.program, rule="FREQ=WEEKLY;BYDAY=TH", starts_on=cast.thursday, until=cast.thursday,
        made_by=cast.coordinator, made_at=NOW,
    )  # fmt: skip
    BookingRules.objects.create(school=cast.school)
    held = Booking.objects.filter(program=cast.program, starts_at__lt=NOW)[0]
    KeptTime.objects.create(
        booking=held, starts_at=held.starts_at, ends_at=held.ends_at, kept_by=cast.coordinator, kept_at=NOW
    )
    Attendance.objects.create(
        playground=PlaygroundSession.objects.filter(program=cast.program)[0], person=cast.teacher, checked_in_at=NOW
    )
    WaitlistEntry.objects.create(
        playground=PlaygroundSession.objects.filter(program=cast.program)[0], teacher=cast.other_teacher, joined_at=NOW
    )
    UnmetWish.objects.create(program=cast.program, teacher=cast.teacher, tool=cast.tool, date=TODAY, limit="time")
    _one_answered(cast, study)


def _one_answered(cast: Cast, study: Study) -> None:
    """Another teacher has sent her answers: a receipt and a response, which nothing joins."""
    answered = factories.TeacherFactory(school=cast.school)
    factories.ParticipantFactory(program=cast.program, person=answered, role="teacher")
    wave = study.waves.order_by("opens_at")[0]
    Receipt.objects.create(wave=wave, person=answered, day=TODAY)
    Response.objects.create(
        wave=wave, instrument_version=wave.instrument_version, pseudonym=uuid.uuid4().hex * 2, role="teacher",
        arm="reverse", answers={item.code: None for item in wave.instrument_version.items.all()},
    )  # fmt: skip
