"""Messages of each kind, as the services write them, for the tests of the outbox."""

import datetime as dt
from typing import Any

from django.db.models import F

from accounts.models import Message, User
from accounts.models.consent import Guardian
from tests.cast import NOW

EVENT_AT = dt.datetime(2026, 12, 3, 16, 40, tzinfo=dt.UTC)  # Thursday, 10:40 in Chicago
BOOKING = {
    "partner": "Maya R.",
    "starts_at": EVENT_AT.isoformat(),
    "ends_at": (EVENT_AT + dt.timedelta(minutes=45)).isoformat(),
    "period": "4. period",
    "room": "112",
    "tool": "Immersive Reader",
    "goal": "Read & listen",
    "path": "/bookings/12/",
    "role": "teacher",
}
SERIES = BOOKING | {"all_at": [(EVENT_AT + dt.timedelta(days=days)).isoformat() for days in (0, 7, 21)]}
PLAYGROUND = {key: BOOKING[key] for key in ("starts_at", "ends_at", "period", "room", "role")} | {
    "title": "Try <b>reading</b> aloud",
    "path": "/playgrounds/3/",
}
LOG = {key: BOOKING[key] for key in ("partner", "starts_at", "ends_at", "period")} | {"path": "/bookings/12/log/"}
NEEDS = [
    {"what": "calls", "count": 1, "path": "/concerns/", "is_more": False},
    {"what": "erasures", "count": 2, "path": "/erasures/", "is_more": False},
    {"what": "failed", "count": 1, "path": "/messages/?state=stuck", "is_more": False},
    {"what": "unverified", "count": 3, "path": "/log/?state=submitted", "is_more": False},
    {"what": "missing_logs", "count": 4, "path": "/", "is_more": True},
    {"what": "empty", "count": 1, "path": "/playgrounds/3/", "is_more": False},
]
SURVEY = {"title": "Before we start", "closes_at": EVENT_AT.isoformat(), "path": "/surveys/answer/4/"}
CONTEXTS: dict[str, dict[str, Any]] = {
    "booking_made": BOOKING,
    "booking_moved": BOOKING,
    "booking_mentor_changed": BOOKING,
    "booking_cancelled": BOOKING,
    "booking_series_made": SERIES,
    "booking_series_cancelled": SERIES,
    "booking_reminder": BOOKING,
    "playground_reminder": PLAYGROUND,
    "playground_changed": PLAYGROUND,
    "playground_released": PLAYGROUND,
    "playground_cancelled": PLAYGROUND,
    "playground_offer": PLAYGROUND | {"until_at": EVENT_AT.isoformat()},
    "sign_in_changed": {"path": "/accounts/second-factor/", "what": "totp_activated"},
    "address_changed": {"path": "/accounts/login/", "to": "ortiz@example.org"},
    "concern_raised": {"path": "/concerns/5/"},
    "guardian_consent": {"path": "/guardian/{secret}/", "student": "Maya", "texts": [1, 2]},
    "password_link": {"path": "/accounts/password/reset/key/{secret}/", "user_name": "ortiz"},
    "invitation": {"path": "/join/{secret}/", "user_name": "ortiz", "days": 14},
    "log_missing": LOG,
    "daily_digest": {"path": "/", "day": "2026-12-03", "needs": NEEDS},
    "survey_invitation": SURVEY,
    "survey_reminder": SURVEY,
}


def make_message(recipient: User | Guardian, **changes: Any) -> Message:
    """Write one message that is due; by default the reminder of a booking, an hour before it."""
    kind = changes.get("kind", "booking_reminder")
    whom = {"guardian": recipient} if isinstance(recipient, Guardian) else {"user": recipient}
    school = recipient.student.school if isinstance(recipient, Guardian) else recipient.school
    fields: dict[str, Any] = {
        "school": school,
        "kind": kind,
        "about": "booking:12",
        "event_at": EVENT_AT,
        "lead_minutes": 60,
        "due_at": NOW,
        "context": CONTEXTS[kind],
        **changes,
    }
    return Message.objects.create(**whom, **fields)


def state_of(message: Message) -> str:
    """Its state as it stands in the database now."""
    message.refresh_from_db()
    return message.state


def age_claims(**by: float) -> None:
    """Make the claims that stand older than they are: `seconds=61`."""
    Message.objects.filter(state=Message.State.SENDING).update(claimed_at=F("claimed_at") - dt.timedelta(**by))
