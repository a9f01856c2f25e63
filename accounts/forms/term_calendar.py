"""The days of a term from a file: a CSV list of dates and kinds of day, or the closures of a calendar file (ICS)."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from collections.abc import Collection
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.closures import read_closures
from accounts.forms.day import OUT_OF_REACH, YEARS, is_day_of_school
from accounts.forms.term_days import MOST_DAYS, RefusedRow, TermCalendar
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


class TermCalendarForm(forms.Form):
    """A file, read with the school's own kinds of day, its clock and its present date. `calendar` is what it says."""

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

    def __init__(
        self, *args: Any, kinds: Collection[DayType], today: dt.date, zone: zoneinfo.ZoneInfo, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.zone = zone
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
                    self.calendar = read_closures(content, today=self.today, zone=self.zone)
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
        elif not is_day_of_school(date):
            said.refused.append(RefusedRow(number, shown(table.header[at]), OUT_OF_REACH % YEARS))
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


def _cell(cells: list[str], index: int) -> str:
    return cells[index] if index < len(cells) else ""
