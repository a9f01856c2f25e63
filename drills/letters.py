"""Reminders that come due during a fault, and what became of them: lost, doubled, doubled in flight."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from accounts import clock
from accounts.models import Message, User
from accounts.outbox import CLAIM_LASTS
from tests.accounts.smtp_sink import Sink

State = Message.State
ENDED = [State.SENT, State.CANCELLED, State.PARKED, State.FAILED]
PLACES = {"title": "Drop in", "period": "4th period", "room": "112", "path": "/playgrounds/1/", "role": "teacher"}
SURVEY = {"title": "Before we begin", "path": "/surveys/1/"}
# So long before its event is each due: far enough that a clock that is an hour ahead finds none too late.
AHEAD = dt.timedelta(hours=3)
EACH_SURVEY = 5  # every so many of them is of a survey: parked, where nobody knows whether it left
ABOUT = "drill:"
QUIET_SECONDS = 3


@dataclass
class Tally:
    """How the messages of one school ended."""

    due: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unknown: int = 0
    in_flight: int = 0
    ends: Counter[str] = field(default_factory=Counter)


def write_due(people: list[User], *, count: int, over: float, first: int = 0) -> None:
    """Write reminders of which four in ten are due at once, and the others come due over so many seconds."""
    now = clock.now()
    rows = []
    for number in range(first, first + count):
        later = (number - first) / count - 0.4
        due_at = now + dt.timedelta(seconds=max(0.0, later / 0.6 * over))
        event_at = due_at + AHEAD
        ends_at = event_at + dt.timedelta(minutes=45)
        is_survey = number % EACH_SURVEY == 0
        rows.append(
            Message(
                school_id=people[0].school_id,
                user=people[number % len(people)],
                kind="survey_reminder" if is_survey else "playground_reminder",
                about=f"{ABOUT}{number}",
                event_at=event_at,
                lead_minutes=int(AHEAD.total_seconds() / 60),
                due_at=due_at,
                context=SURVEY | {"closes_at": event_at.isoformat()}
                if is_survey
                else PLACES | {"starts_at": event_at.isoformat(), "ends_at": ends_at.isoformat()},
            )
        )
    Message.objects.bulk_create(rows)


class Post:
    """The messages of one school, and the mail server where they arrive."""

    def __init__(self, school_id: int, sink: Sink) -> None:
        self.rows = Message.objects.filter(school=school_id)
        self.reminders = self.rows.filter(about__startswith=ABOUT)
        self.sink = sink
        self.unsure: set[str] = set()
        self.began = len(sink.letters)
        self.until = clock.now()

    def arrived(self) -> Counter[str]:
        """How often the mail of each Message-ID arrived since the beginning."""
        return Counter(self.sink.message_ids[self.began :])

    def note_in_flight(self) -> None:
        """Whoever sent these was stopped: what has arrived of what is claimed may arrive once more."""
        claimed = self.rows.filter(state=State.SENDING).values_list("message_id", flat=True)
        self.unsure |= set(claimed) & set(self.arrived())

    def is_troubled(self, count: int) -> bool:
        """Whether so many reminders met trouble, or wait for a scan that holds them."""
        return self.reminders.filter(Q(error__gt="") | Q(state=State.SENDING)).count() >= count

    def due(self) -> QuerySet[Message]:
        """All reminders of the drill, and whatever else was due when `wait_until_out` began."""
        return self.rows.filter(Q(due_at__lte=self.until) | Q(about__startswith=ABOUT))

    def skip_pauses(self, *, claimed_before: dt.datetime) -> None:
        """For the small drill: pauses after a failure, and claims of the dead, are over now instead of in a minute."""
        self.rows.filter(state=State.WAITING, retry_at__isnull=False).update(retry_at=None)
        dead = self.rows.filter(state=State.SENDING, claimed_at__lt=claimed_before)
        dead.update(claimed_at=Now() - CLAIM_LASTS - dt.timedelta(seconds=1))

    def seconds_until_rest(self, mended_at: dt.datetime, *, seconds: float) -> float:
        """From then until all was out that was due then, but for what rests after a failure, or is claimed by the dead.

        `seconds` or more if that did not happen.
        """
        due = self.rows.filter(due_at__lte=mended_at, created_at__lte=mended_at)
        ready = due.filter(Q(state=State.WAITING, retry_at=None) | Q(state=State.SENDING, claimed_at__gte=mended_at))
        while (elapsed := (clock.now() - mended_at).total_seconds()) < seconds and ready.exists():
            time.sleep(0.05)
        return elapsed

    def wait_until_out(self, *, seconds: float, skips_pauses: bool) -> float:
        """Seconds until all had ended; `seconds` or more if that did not happen."""
        began = rested = time.monotonic()
        self.until, letters = clock.now(), 0
        while (elapsed := time.monotonic() - began) < seconds and self.due().exclude(state__in=ENDED).exists():
            if letters != (letters := len(self.sink.letters)):
                rested = time.monotonic()
            if skips_pauses and time.monotonic() - rested > QUIET_SECONDS:  # nobody is at work who holds a claim
                self.skip_pauses(claimed_before=self.until)
            time.sleep(0.05)
        return elapsed

    def tally(self) -> Tally:
        """How all that was due ended. A mail that is called sent and never arrived is lost."""
        arrived, tally = self.arrived(), Tally()
        unsure = self.unsure | self.sink.unanswered
        for row in self.due().iterator():
            times = arrived.pop(row.message_id, 0)
            tally.due += 1
            tally.ends[row.state] += 1
            named = f"{row.kind} {row.about} is {row.state}, arrived {times} times {row.error}"
            if row.state not in ENDED or (
                row.state == State.SENT and row.channel == Message.Channel.MAIL and not times
            ):
                tally.lost.append(named)
            if times > 1 and row.message_id in unsure and times == 2:
                tally.in_flight += 1
            elif times > 1:
                tally.doubled.append(named)
        tally.unknown = len(arrived) - Message.objects.filter(message_id__in=arrived).count()
        return tally
