"""What this app holds about a person: to hand out, to erase, and to end when it was kept long enough."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import outbox
from accounts.models import Message, School, User
from accounts.personal_data.rules import (
    Fate,
    Forecast,
    Held,
    Kept,
    Mention,
    Preview,
    carry_out,
    expire_kinds,
    forecast,
    moment,
)
from sessions_app.models import (
    Attendance,
    Booking,
    Duty,
    Hold,
    KeptTime,
    PlaygroundSession,
    Series,
    SignUp,
    Station,
    UnmetWish,
    WaitlistEntry,
)
from sessions_app.models.booking import BookingQuerySet
from sessions_app.services.safety import free_all_time_of

CLAIMED = frozenset(
    {Attendance, Booking, Duty, Hold, KeptTime, PlaygroundSession, Series, SignUp, Station, UnmetWish, WaitlistEntry}
)

EMPTY_BOOKING = {"goal": "", "end_reason": "", "override_reason": ""}
EMPTY_MESSAGE: dict[str, Any] = {"context": {}, "calendar_file": "", "error": ""}


def _bookings(user: User) -> BookingQuerySet:
    return Booking.objects.of(user)


def _told(user: User) -> QuerySet[Message]:
    """Messages to others about this person's bookings and their series: they name the person and the goal."""
    bookings = _bookings(user)
    names = bookings.annotate(name=Concat(Value("booking:"), Cast("pk", CharField()))).values("name")
    series = bookings.filter(series__isnull=False)
    series_names = series.annotate(name=Concat(Value("series:"), Cast("series", CharField()))).values("name")
    told = Message.objects.filter(Q(about__in=names) | Q(about__in=series_names))
    return told.exclude(user=user).exclude(context={})


def _ever_told(user: User) -> QuerySet[Message]:
    """The same, and those about bookings that were this person's until somebody else stepped in."""
    own = Message.objects.filter(user=user).filter(Q(about__startswith="booking:") | Q(about__startswith="series:"))
    about_them = Message.objects.filter(about__in=own.values("about"))
    return _told(user) | about_them.exclude(user=user).exclude(context={})


FATES = [
    Fate(gettext_lazy("Wishes that found no time"), lambda user: UnmetWish.objects.filter(teacher=user), None),
    Fate(
        gettext_lazy("Bookings: goal and reason emptied"),
        lambda user: Booking.objects.filter(
            Q(teacher=user) | Q(mentor=user) | Q(ended_by=user) | Q(overridden_by=user)
        ).exclude(**EMPTY_BOOKING),
        EMPTY_BOOKING,
    ),
    Fate(
        gettext_lazy("Tech playgrounds: why mentors missed class, emptied"),
        lambda user: PlaygroundSession.objects.filter(
            Q(pk__in=Duty.objects.filter(person=user).values("playground")) | Q(overridden_by=user)
        ).exclude(override_reason=""),
        {"override_reason": ""},
    ),
    Fate(
        gettext_lazy("Messages to partners about bookings: emptied"),
        lambda user: _ever_told(user).exclude(state__in=outbox.OPEN),
        EMPTY_MESSAGE,
    ),
]

KEPT = [
    Kept(
        "meetings",
        gettext_lazy("Bookings, and who came to playgrounds (hours stay in the help log)"),
        gettext_lazy("from the day on which the program was closed"),
        default=730,
        minimum=30,
        maximum=1825,
        parts=(
            (lambda school, last: _closed(Booking.objects.all(), "program", school, last), None),
            (lambda school, last: _closed(UnmetWish.objects.all(), "program", school, last), None),
            (lambda school, last: _closed(SignUp.objects.all(), "playground__program", school, last), None),
            (lambda school, last: _closed(Attendance.objects.all(), "playground__program", school, last), None),
            (lambda school, last: _closed(WaitlistEntry.objects.all(), "playground__program", school, last), None),
            (lambda school, last: _closed(Duty.objects.all(), "playground__program", school, last), None),
            (lambda school, last: _closed(Hold.objects.all(), "playground__program", school, last), None),
        ),
    ),
]


def _closed(rows: QuerySet[Any], way: str, school: School, last: dt.date) -> QuerySet[Any]:
    """Rows of this school's programs that were closed by that day."""
    return rows.filter(**{f"{way}__school": school, f"{way}__closed_on__lte": last})


def collect(user: User) -> list[Held]:
    """All that this app holds about a person, kind by kind; kinds of which there is nothing are left out."""
    held = [
        Held("bookings", _("Your bookings"), [_booking(row, user) for row in _bookings(user).with_people()]),
        Held("unmet_wishes", _("Help that you looked for and found no time for"), _unmet_wishes(user)),
        Held("playgrounds", _("Playgrounds that you came to, helped at or led"), _playgrounds(user)),
    ]
    return [kind for kind in held if kind.rows]


def _unmet_wishes(user: User) -> list[dict[str, Any]]:
    wishes = user.unmet_wishes.select_related("tool").order_by("date", "pk")
    return [{"tool": wish.tool.name, "date": wish.date.isoformat()} for wish in wishes]


def preview_erasure(user: User, *, by: User) -> Preview:
    """What would be deleted and emptied here, what stays, and where others wrote this person's name."""
    fates = forecast(FATES, user)
    stays = [
        (_("Bookings: who, when and where"), _bookings(user).count()),
        (
            _("Places and duties at playgrounds"),
            user.sign_ups.count() + user.waitlist_entries.count() + user.duties.count(),
        ),
    ]
    fates += [Forecast(label, count, stays=True) for label, count in stays if count]
    return Preview(fates, [], _mentions(user, by))


def erase(user: User, *, by: User | None, now: dt.datetime) -> None:
    """Cancel what is ahead, and empty the words of all bookings; what partners are still told says "Erased person".

    Raises Refused while the person is in charge of a playground to come.
    """
    free_all_time_of(user, by=by or user, now=now)
    for message in _told(user).filter(state__in=outbox.OPEN).select_related("user", "guardian"):
        _unname(message)
    carry_out(FATES, user)


def expire(school: School, *, today: dt.date) -> Counter[str]:
    """End what this app has kept long enough for this school; how many rows, by kind."""
    return expire_kinds(KEPT, school, today=today)


def _unname(message: Message) -> None:
    assert message.user is not None  # a booking is told to its two people only
    with translation.override(message.user.language):
        message.context |= {"partner": _("Erased person"), "goal": ""}
    message.save(update_fields=["context"])


def _booking(booking: Booking, user: User) -> dict[str, Any]:
    """Why a partner ended it is the partner's."""
    return {
        "starts_at": moment(booking.starts_at),
        "ends_at": moment(booking.ends_at),
        "with": booking.partner_of(user).short_name,
        "as": "teacher" if booking.teacher_id == user.pk else "mentor",
        "room": booking.room.name,
        "tool": booking.tool.name,
        "learners": booking.learner_group,
        "goal": booking.goal,
        "state": booking.state,
        "booked_at": moment(booking.booked_at),
        "ended_at": moment(booking.ended_at),
        "started_at": moment(booking.started_at),
        "finished_at": moment(booking.finished_at),
        "who_was_away": booking.who_was_away,
        "reason": booking.end_reason if booking.ended_by_id == user.pk else None,
    }


def _playgrounds(user: User) -> list[dict[str, Any]]:
    came = [(row.playground, "guest") for row in user.sign_ups.select_related("playground")]
    waited = [(row.playground, "waiting list") for row in user.waitlist_entries.select_related("playground")]
    was_there = [(row.playground, f"checked in ({row.how})") for row in user.attendances.select_related("playground")]
    helped = [(row.playground, "mentor") for row in user.duties.select_related("playground").order_by("pk")]
    led = [(playground, "adult in charge") for playground in user.playgrounds_in_charge.all()]
    return [
        {"title": playground.title, "starts_at": moment(playground.starts_at), "state": playground.state, "as": part}
        for playground, part in came + waited + helped + led + was_there
    ]


def _mentions(user: User, by: User) -> list[Mention]:
    """Bookings and playgrounds of others in whose words this person's full name stands."""
    name = user.full_name
    bookings = Booking.objects.visible_to(by).exclude(pk__in=_bookings(user).values("pk"))
    playgrounds = PlaygroundSession.objects.visible_to(by).filter(title__icontains=name)
    return [
        *(
            Mention(_("A booking"), booking.starts_at.date(), reverse("booking_detail", args=[booking.pk]))
            for booking in bookings.filter(Q(goal__icontains=name) | Q(end_reason__icontains=name))
        ),
        *(
            Mention(_("A playground"), playground.starts_at.date(), reverse("playground_detail", args=[playground.pk]))
            for playground in playgrounds
        ),
    ]
