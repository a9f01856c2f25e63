"""The days of a term from a file: a CSV list of dates and kinds of day, or the closures of a calendar file (ICS)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from icalendar import Calendar, Component
from icalendar.error import BrokenCalendarProperty

from accounts.models import DayType
from accounts.roster import UnreadableFile
from accounts.roster.columns import plain, shown
from accounts.roster.source import MAXIMUM_BYTES, Source, gather
from accounts.roster.table import open_table

DATE_HEADINGS = {"date", "day", "fecha", "día", "dia", "التاريخ", "اليوم"}
KIND_HEADINGS = {"kind", "kindofday", "type", "daytype", "tipo", "tipodedía", "tipodedia", "نوعاليوم", "النوع"}
CLOSED_WORDS = {
    "",
    "closed",
    "noschool",
    "holiday",
    "off",
    "cerrado",
    "sinclases",
    "feriado",
    "مغلق",
    "عطلة",
    "لادراسة",
}
ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
LONGEST_CLOSURE = 120  # days; a longer one is most likely a mistake
MOST_DAYS = 1000


@dataclass(frozen=True)
class RefusedRow:
    """A row or event that is not taken: where it stands, and why."""

    row: int
    column: str
    reason: str


@dataclass
class TermCalendar:
    """What a file says about days (None: no school), and what in it can't be taken."""

    days: dict[dt.date, DayType | None] = field(default_factory=dict)
    refused: list[RefusedRow] = field(default_factory=list)


class TermCalendarForm(forms.Form):
    """A file, read with the school's own kinds of day. `calendar` is what it says."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "A list (CSV or XLSX) with the columns “date” and “kind”, or a calendar file (ICS) of days without school."
        ),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.ics,text/csv,text/calendar"}),
    )
    order = forms.ChoiceField(
        label=gettext_lazy("Dates with slashes, like 4/9/2027, begin with"),
        choices=[("month", gettext_lazy("the month")), ("day", gettext_lazy("the day"))],
        initial="month",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, kinds: Collection[DayType], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = {plain(kind.name): kind for kind in kinds}
        self.calendar = TermCalendar()

    def clean(self) -> dict[str, Any]:
        """Read the file; what can't be read at all is said by its field."""
        cleaned = super().clean() or {}
        file: UploadedFile | None = cleaned.get("file")
        if file is not None and "order" in cleaned:
            try:
                if (file.size or 0) > MAXIMUM_BYTES:
                    raise UnreadableFile(_("This file is too large for a calendar."))
                content = file.read()
                if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].upper() == b"BEGIN:VCALENDAR":
                    self.calendar = read_closures(content)
                else:
                    (source, *_more) = gather([(file.name or "", content)])
                    self.calendar = read_days(source, self.kinds, is_month_first=cleaned["order"] == "month")
            except UnreadableFile as error:
                self.add_error("file", str(error))
        return cleaned


def read_days(source: Source, kinds: dict[str, DayType], *, is_month_first: bool) -> TermCalendar:
    """The dates of a list; `kinds` are the school's by their plain names. Raises UnreadableFile."""
    table = open_table(source)
    names = [plain(heading) for heading in table.header]
    at = next((index for index, name in enumerate(names) if name in DATE_HEADINGS), None)
    kind_at = next((index for index, name in enumerate(names) if name in KIND_HEADINGS), None)
    if at is None or kind_at is None:
        raise UnreadableFile(_("The first row must name the columns “date” and “kind”."))
    said, rows_of = TermCalendar(), dict[dt.date, int]()
    for number, cells in table.rows:
        when, kind = _cell(cells, at), _cell(cells, kind_at)
        date = read_date(when, is_month_first=is_month_first)
        if date is None:
            reason = _("“%(text)s” is no date. Write it like 2027-04-09.") % {"text": shown(when)}
            said.refused.append(RefusedRow(number, shown(table.header[at]), reason))
        elif date in rows_of:
            reason = _("This date stands in row %(row)s already.") % {"row": rows_of[date]}
            said.refused.append(RefusedRow(number, shown(table.header[at]), reason))
        elif plain(kind) in kinds or plain(kind) in CLOSED_WORDS:
            rows_of[date] = number
            said.days[date] = kinds.get(plain(kind))
        else:
            reason = _("There is no kind of day “%(name)s”. Add it first, or correct the name.") % {"name": shown(kind)}
            said.refused.append(RefusedRow(number, shown(table.header[kind_at]), reason))
        if len(said.days) > MOST_DAYS:
            raise UnreadableFile(_("This file is too large for a calendar."))
    return said


def read_date(text: str, *, is_month_first: bool) -> dt.date | None:
    """A date as people and spreadsheets write it; None for what is none."""
    text = text.strip()
    if match := ISO.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := SLASHED.fullmatch(text):
        one, other, year = (int(part) for part in match.groups())
        month, day = (one, other) if is_month_first else (other, one)
    else:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def read_closures(content: bytes) -> TermCalendar:
    """The all-day events of a calendar file as days without school. DTEND is the day after the last (RFC 5545).

    A refused event is named by its number in the file and by its property. Raises UnreadableFile.
    """
    try:
        events = Calendar.from_ical(content).walk("VEVENT")
    except (ValueError, IndexError, KeyError, TypeError, AttributeError):
        raise UnreadableFile(_("This calendar file can't be read.")) from None
    if not events:
        raise UnreadableFile(_("There is no event in this calendar file."))
    said = TermCalendar()
    for number, event in enumerate(events, start=1):
        try:
            first, last = _closure(event)
        except EventRefused as refusal:
            said.refused.append(RefusedRow(number, refusal.column, str(refusal)))
            continue
        said.days |= {first + dt.timedelta(days=count): None for count in range((last - first).days + 1)}
        if len(said.days) > MOST_DAYS:
            raise UnreadableFile(_("This file is too large for a calendar."))
    return said


class EventRefused(Exception):
    """An event that is no closure of ours; `column` is the property that says so."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def _closure(event: Component) -> tuple[dt.date, dt.date]:
    """The first and last day of an all-day event."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        raise EventRefused("STATUS", _("This event was cancelled."))
    if "RRULE" in event or "RDATE" in event:
        column = "RRULE" if "RRULE" in event else "RDATE"
        raise EventRefused(column, _("An event that repeats is not taken. Name each day."))
    first = _value(event, "DTSTART")
    if first is None:
        raise EventRefused("DTSTART", _("This event has no day that can be read."))
    if isinstance(first, dt.datetime):
        raise EventRefused("DTSTART", _("This event has a time of day. Only all-day events are taken."))
    after, length = _value(event, "DTEND"), _value(event, "DURATION")
    if isinstance(after, dt.datetime) or not isinstance(after, dt.date | None):
        raise EventRefused("DTEND", _("This event has a time of day. Only all-day events are taken."))
    if after is None:
        after = first + (length if isinstance(length, dt.timedelta) else dt.timedelta(days=1))
    # Some programs write the same day as the end of a one-day event.
    last = max(first, after - dt.timedelta(days=1)) if after >= first else first - dt.timedelta(days=1)
    if last < first or (last - first).days >= LONGEST_CLOSURE:
        raise EventRefused("DTEND", _("This event ends before it begins, or is longer than a closure can be."))
    return first, last


def _value(event: Component, name: str) -> Any:
    """The date, instant or length of a property; None where it is missing."""
    try:
        return getattr(event.get(name), "dt", None)
    except BrokenCalendarProperty:
        raise EventRefused(name, _("This event has no day that can be read.")) from None


def _cell(cells: list[str], index: int) -> str:
    return cells[index] if index < len(cells) else ""
