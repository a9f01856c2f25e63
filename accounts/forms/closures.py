"""Days without school, from the all-day events of a calendar file (RFC 5545), those that repeat among them."""

from __future__ import annotations

import contextlib
import datetime as dt
import zoneinfo
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _
from icalendar import Calendar, Component, vRecur
from icalendar.error import BrokenCalendarProperty

from accounts.forms.day import OUT_OF_REACH, YEARS, is_day_of_school
from accounts.forms.school_days import LONGEST_STRETCH
from accounts.forms.term_days import MOST_DAYS, RefusedRow, TermCalendar
from accounts.roster import UnreadableFile

ONE_DAY = dt.timedelta(days=1)
LONGEST_CLOSURE = 120  # days; a longer one, or one that repeats on more days, is most likely a mistake
MOST_REPEATING = 100  # events in a file
# What a rule may say where days are counted, not hours.
RULE_PARTS = {
    "FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS",
}  # fmt: skip
FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
# The calendar is the same after each 400 years. A rule that fits no day at all is followed until the year 9999, for
# seconds from today, in no time from here.
LATER = 19 * 400


class EventRefused(Exception):
    """An event that is no closure of ours; `column` is the property that says so."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def read_closures(content: bytes, *, today: dt.date, zone: zoneinfo.ZoneInfo) -> TermCalendar:
    """The all-day events of a calendar file as days without school. DTEND is the day after the last.

    Of an event that repeats, the days of the year to come are taken. A refused event is named by its number in the file
    and by its property. Raises UnreadableFile.
    """
    try:
        events = Calendar.from_ical(content).walk("VEVENT")
    except (ValueError, IndexError, KeyError, TypeError, AttributeError):
        raise UnreadableFile(_("This calendar file can't be read.")) from None
    if not events:
        raise UnreadableFile(_("There is no event in this calendar file."))
    if sum("RRULE" in event for event in events) > MOST_REPEATING:
        raise UnreadableFile(_("This file is too large for a calendar."))
    said, moved, until = TermCalendar(), _moved_dates(events, zone), today + LONGEST_STRETCH
    for number, event in enumerate(events, start=1):
        try:
            first, length = _closure(event)
            if "RRULE" in event or "RDATE" in event:
                but = moved[str(event.get("UID"))]
                days, is_cut = _repeated(event, first, length, but=but, window=(today, until), zone=zone)
                said.cut_after = until if is_cut else said.cut_after
            else:
                days = set(_stretch(first, length))
        except EventRefused as refusal:
            said.refused.append(RefusedRow(number, refusal.column, str(refusal)))
            continue
        said.days |= dict.fromkeys(sorted(days))
        if len(said.days) > MOST_DAYS:
            raise UnreadableFile(_("This file is too large for a calendar."))
    return said


def _closure(event: Component) -> tuple[dt.date, int]:
    """The first day of an all-day event, and how many days it lasts."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        raise EventRefused("STATUS", _("This event was cancelled."))
    if _value(event, "RECURRENCE-ID") and "RANGE" in event["RECURRENCE-ID"].params:
        raise EventRefused("RECURRENCE-ID", _("This changes all later dates of an event. Name each day."))
    first = _value(event, "DTSTART")
    if first is None:
        raise EventRefused("DTSTART", _("This event has no day that can be read."))
    if isinstance(first, dt.datetime):
        raise EventRefused("DTSTART", _("This event has a time of day. Only all-day events are taken."))
    after, length = _value(event, "DTEND"), _value(event, "DURATION")
    if isinstance(after, dt.datetime) or not isinstance(after, dt.date | None):
        raise EventRefused("DTEND", _("This event has a time of day. Only all-day events are taken."))
    if after is not None:
        length = after - first
    elif not isinstance(length, dt.timedelta):
        length = ONE_DAY
    if not 0 <= length.days <= LONGEST_CLOSURE:
        raise EventRefused("DTEND", _("This event ends before it begins, or is longer than a closure can be."))
    # Some programs write the same day as the end of a one-day event.
    days = max(length.days, 1)
    for column, day in (("DTSTART", first), ("DTEND", first + (days - 1) * ONE_DAY)):
        if not is_day_of_school(day):
            raise EventRefused(column, OUT_OF_REACH % YEARS)
    return first, days


def _repeated(
    event: Component,
    first: dt.date,
    length: int,
    *,
    but: Collection[dt.date],
    window: tuple[dt.date, dt.date],
    zone: zoneinfo.ZoneInfo,
) -> tuple[set[dt.date], bool]:
    """The days of an event that repeats, as far as they lie in a window, and whether it goes on after that.

    RRULE and RDATE say when it begins anew; on the days of EXDATE, and on those in `but`, it does not.
    """
    if "EXRULE" in event:
        raise EventRefused("EXRULE", _("How this event repeats can't be read. Name each day."))
    since, until = window
    starts = set(_ruled(event["RRULE"], first, until, zone)) if "RRULE" in event else {first}
    starts |= set(_listed(event, "RDATE", zone))
    starts -= {*_listed(event, "EXDATE", zone), *but}
    days = {day for start in starts for day in _stretch(start, length)}
    inside = {day for day in days if since <= day <= until}
    if not inside:
        raise EventRefused("RRULE" if "RRULE" in event else "RDATE", _("This event has no date in the year to come."))
    if len(inside) > LONGEST_CLOSURE:
        raise EventRefused("RRULE", _("This event repeats on more days than a school can be closed. Name each day."))
    return inside, max(days) > until


def _ruled(rule: Any, first: dt.date, until: dt.date, zone: zoneinfo.ZoneInfo) -> Iterator[dt.date]:
    """The days on which a rule begins an event anew: those until a day, and one more if it goes on."""
    unread = EventRefused("RRULE", _("How this event repeats can't be read. Name each day."))
    if not isinstance(rule, vRecur) or set(rule) - RULE_PARTS or rule.get("FREQ", [""])[0] not in FREQUENCIES:
        raise unread
    ends = rule.get("UNTIL", [])
    counts = [*rule.get("INTERVAL", []), *rule.get("COUNT", [])]
    if any(count < 1 for count in counts) or not all(isinstance(end, dt.date) for end in ends):
        raise unread
    plain = vRecur({name: value for name, value in rule.items() if name != "UNTIL"})
    try:
        for moment in rrulestr(plain.to_ical().decode(), dtstart=_later(first)):
            day = moment.date().replace(year=moment.year - LATER)
            if any(day > _date(end, zone) for end in ends):
                return
            yield day
            if day > until:
                return
    except ValueError:
        raise unread from None


def _later(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year + LATER, day.month, day.day)  # noqa: DTZ001  # a date of the calendar, no instant


def _listed(event: Component, name: str, zone: zoneinfo.ZoneInfo) -> Iterator[dt.date]:
    """The dates of RDATE or EXDATE, which may stand there once or often."""
    lists = event.get(name, [])
    for each in lists if isinstance(lists, list) else [lists]:
        try:
            values = [value.dt for value in each.dts]
        except (AttributeError, BrokenCalendarProperty):
            raise EventRefused(name, _("This event has no day that can be read.")) from None
        for value in values:
            if not isinstance(value, dt.date) or (name == "RDATE" and isinstance(value, dt.datetime)):
                raise EventRefused(name, _("This event has a time of day. Only all-day events are taken."))
            yield _date(value, zone)


def _moved_dates(events: Iterable[Component], zone: zoneinfo.ZoneInfo) -> dict[str, set[dt.date]]:
    """By UID, the dates of repeating events that stand in the file once more, as they were changed or cancelled."""
    moved = defaultdict[str, set[dt.date]](set)
    for event in events:
        with contextlib.suppress(EventRefused):
            if isinstance(day := _value(event, "RECURRENCE-ID"), dt.date):
                moved[str(event.get("UID"))].add(_date(day, zone))
    return moved


def _stretch(first: dt.date, length: int) -> Iterator[dt.date]:
    """So many days from the first, those that a school can mean."""
    if is_day_of_school(first):
        days = (first + number * ONE_DAY for number in range(length))
        yield from (day for day in days if is_day_of_school(day))


def _date(value: dt.date, zone: zoneinfo.ZoneInfo) -> dt.date:
    """A date, as it is written or, where some programs write an instant, as it is on the wall of the school."""
    if not isinstance(value, dt.datetime):
        return value
    is_near = is_day_of_school(value.date())
    return (value.astimezone(zone) if value.tzinfo and is_near else value).date()


def _value(event: Component, name: str) -> Any:
    """The date, instant or length of a property; None where it is missing."""
    try:
        return getattr(event.get(name), "dt", None)
    except BrokenCalendarProperty:
        raise EventRefused(name, _("This event has no day that can be read.")) from None
