"""A school in which every kind of row exists once, for the tests that walk all pages."""

import datetime as dt
import uuid
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

from accounts.models import (
    Concern,
    Consent,
    ConsentText,
    ErasureRequest,
    FlagGrant,
    Guardian,
    Message,
    RosterUpload,
    SchoolClass,
)
from mentorship.models import HelpEntry, HelpRequest, Pairing, Participant, Refusal, Step
from sessions_app.models import Booking, PlaygroundSession
from sessions_app.services import book_mentor, schedule_playground, sign_up
from surveys.models import Study, Wave
from surveys.services import create_study
from tests import factories
from tests.cast import NOW, Cast
from tests.software_passkey import a_credential
from tests.world_rest import (
    make_class,
    make_guardian,
    make_help_request,
    make_step,
    make_the_rest,
)


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
    paper: Consent
    text: ConsentText
    draft_text: ConsentText
    guardian: Guardian
    school_class: SchoolClass
    step: Step
    help_request: HelpRequest
    refusal: Refusal
    erasure_request: ErasureRequest
    passkey: Authenticator
    connected_account: SocialAccount
    flag_grant: FlagGrant


def make_world(cast: Cast, *, goal: str = "Persuasive texts") -> World:
    """Write one row of each kind, by the services where there is one; no table of ours stays empty."""
    wish = {
        "by": cast.teacher, "program": cast.program, "teacher": cast.teacher, "mentor": cast.mentor,
        "tool": cast.tool, "room": cast.room, "learner_group": "eb", "goal": goal,
    }  # fmt: skip
    booking = book_mentor(**wish, day=cast.thursday, period=cast.periods[3], request_key=uuid.uuid4(), now=NOW)
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
    pairing = factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)
    entry = factories.HelpEntryFactory(
        program=cast.program, teacher=cast.teacher, student=cast.mentor, helped_on=dt.date(2026, 11, 20)
    )
    entry.tools.add(cast.tool)
    factories.agree_to_surveys(cast.teacher)
    guardian = make_guardian(cast)
    upload = RosterUpload.objects.create(school=cast.school, by=cast.coordinator, uploaded_at=NOW)
    make_the_rest(cast, guardian=guardian, upload=upload, study=study)
    return World(
        cast=cast,
        booking=booking,
        past_booking=past_booking,
        playground=playground,
        pairing=pairing,
        participant=Participant.objects.get(program=cast.program, person=cast.other_mentor),
        entry=entry,
        concern=Concern.objects.create(school=cast.school, raised_by=cast.mentor, about=cast.teacher, raised_at=NOW),
        message=Message.objects.filter(about=booking.about, user=cast.teacher, kind="booking_reminder")[0],
        study=study,
        wave=study.waves.order_by("opens_at")[0],
        consent=cast.teacher.consents.get(purpose=Consent.Purpose.RESEARCH_USE),
        paper=cast.mentor.consents.get(given_by="guardian"),
        text=ConsentText.objects.get(school=cast.school, purpose="research_use", reader="teacher", language="en"),
        draft_text=ConsentText.objects.get(school=cast.school, purpose="take_part", reader="guardian", language="es"),
        upload=upload,
        guardian=guardian,
        school_class=make_class(cast),
        step=make_step(pairing),
        help_request=make_help_request(cast),
        refusal=Refusal.objects.create(person=cast.mentor, about=cast.other_teacher, made_at=NOW),
        erasure_request=ErasureRequest.objects.get(person=cast.mentor),
        connected_account=SocialAccount.objects.create(
            user=cast.teacher, provider="google", uid=f"google-{cast.teacher.pk}"
        ),
        flag_grant=FlagGrant.objects.get(user=cast.coordinator),
        passkey=Authenticator.objects.create(
            user=cast.teacher, type=Authenticator.Type.WEBAUTHN, data={"name": "Laptop", "credential": a_credential()}
        ),
    )
