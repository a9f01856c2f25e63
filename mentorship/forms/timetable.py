"""Everybody's timetable from a list: who is free when, who may leave a class, and when classes meet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.term_calendar import RefusedRow
from accounts.models import DayType, Period, PeriodTime, School, SchoolClass, User
from accounts.roster import UnreadableFile
from accounts.roster.columns import plain, shown
from accounts.roster.source import MAXIMUM_BYTES, gather
from accounts.roster.table import open_table
from mentorship.reports import TimetableLine

HEADINGS = {
    "person": {"person", "username", "user", "name", "email", "persona", "usuario", "nombre", "الشخص", "اسمالمستخدم"},
    "kind": {"kind", "kindofday", "daytype", "day", "tipo", "tipodedía", "tipodedia", "نوعاليوم"},
    "period": {"period", "período", "periodo", "hora", "الحصة"},
    "what": {"what", "class", "state", "course", "qué", "que", "clase", "estado", "ماذا", "الدرس"},
}
FREE_WORDS = {"free", "study", "studyhall", "planning", "prep", "libre", "estudio", "planificación", "فراغ"}
LEAVE_WORDS = {"mayleave", "leave", "mayleaveclass", "puedesalir", "puedesalirdeclase", "يمكنتركالدرس"}
MOST_LINES = 20_000


class LineRefused(Exception):
    """A row that can't be taken; `column` is ours."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


@dataclass
class Timetable:
    """The slots that a file speaks of, and the rows of it that can't be taken."""

    lines: list[TimetableLine] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)


class TimetableForm(forms.Form):
    """A file, read with the people, kinds of day, periods and classes of the school. `timetable` is what it says."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A list (CSV or XLSX) with the columns “person”, “kind”, “period” and “what”."),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
    )

    def __init__(self, *args: Any, school: School, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school = school
        self.timetable = Timetable()

    def clean(self) -> dict[str, Any]:
        """Read the file; what can't be read at all is said by its field."""
        cleaned = super().clean() or {}
        file: UploadedFile | None = cleaned.get("file")
        if file is not None:
            try:
                if (file.size or 0) > MAXIMUM_BYTES:
                    raise UnreadableFile(_("This file is too large for a timetable."))
                self.timetable = read_timetable([(file.name or "", file.read())], Known(self.school))
            except UnreadableFile as error:
                self.add_error("file", str(error))
        return cleaned


class Known:
    """What a row may name, of one school. Six statements."""

    def __init__(self, school: School) -> None:
        self.people: dict[str, list[User]] = {}
        for user in User.objects.active().filter(school=school):
            names = {user.username, user.email or "", user.source_id or "", user.full_name}
            for name in {name.casefold() for name in names if name}:
                self.people.setdefault(name, []).append(user)
        self.kinds = {plain(kind.name): kind for kind in DayType.objects.filter(school=school)}
        self.periods: dict[str, Period] = {}
        for period in Period.objects.filter(school=school):
            self.periods[str(period.position)] = period
        self.periods |= {plain(period.name): period for period in list(self.periods.values())}
        times = PeriodTime.objects.filter(period__school=school)
        self.held = set(times.values_list("day_type", "period"))
        self.classes: dict[str, list[SchoolClass]] = {}
        for school_class in SchoolClass.objects.filter(school=school).prefetch_related("teachers", "students"):
            self.classes.setdefault(plain(school_class.name), []).append(school_class)

    def person(self, name: str) -> User:
        """The one person of this user name, address, roster id or full name."""
        found = self.people.get(" ".join(name.casefold().split()), [])
        if not found:
            raise LineRefused("person", _("Nobody here is called “%(name)s”.") % {"name": shown(name)})
        if len(found) > 1:
            words = _("Several people are called “%(name)s”. Write the user name.") % {"name": shown(name)}
            raise LineRefused("person", words)
        return found[0]

    def days_of(self, kind: str, period: Period) -> list[DayType]:
        """The named kind of day, or without a name each on which the period is held."""
        if kind.strip() in ("", "*"):
            return [one for one in self.kinds.values() if (one.pk, period.pk) in self.held]
        one = self.kinds.get(plain(kind))
        if one is None:
            raise LineRefused("kind", _("There is no kind of day “%(name)s”.") % {"name": shown(kind)})
        if (one.pk, period.pk) not in self.held:
            words = _("There is no %(period)s on such a day.") % {"period": period.name}
            raise LineRefused("period", words)
        return [one]

    def school_class(self, name: str, person: User) -> SchoolClass:
        """The class of this name; of several, the one that the person is in."""
        found = self.classes.get(plain(name), [])
        own = [one for one in found if person in one.teachers.all() or person in one.students.all()]
        if len(own or found) == 1:
            return (own or found)[0]
        if found:
            words = _("Several classes are called “%(name)s”, and this person is in none of them, or in several.")
            raise LineRefused("what", words % {"name": shown(name)})
        words = _("“%(name)s” is neither “free” nor “may leave”, and no class of that name is on record.")
        raise LineRefused("what", words % {"name": shown(name)})


def read_timetable(files: list[tuple[str, bytes]], known: Known) -> Timetable:
    """The lines of a list. Raises UnreadableFile."""
    (source, *_more) = gather(files)
    table = open_table(source)
    names = [plain(heading) for heading in table.header]
    at = {
        column: next((index for index, name in enumerate(names) if name in words), None)
        for column, words in HEADINGS.items()
    }
    if None in at.values():
        raise UnreadableFile(_("The first row must name the columns “person”, “kind”, “period” and “what”."))
    said, row_of = Timetable(), dict[tuple[int, int, int], int]()
    for number, cells in table.rows:
        row = {column: cells[index] if index < len(cells) else "" for column, index in at.items() if index is not None}
        try:
            for line in _lines(row, known):
                if (first := row_of.setdefault(line.slot, number)) != number:
                    raise LineRefused("period", _("This period stands in row %(row)s already.") % {"row": first})
                said.lines.append(line)
        except LineRefused as refusal:
            heading = table.header[at[refusal.column] or 0]
            said.refused.append(RefusedRow(number, shown(heading), str(refusal)))
        if len(said.lines) > MOST_LINES:
            raise UnreadableFile(_("This file is too large for a timetable."))
    return said


def _lines(row: dict[str, str], known: Known) -> Iterator[TimetableLine]:
    """What one row says: a slot, or one on each kind of day."""
    person = known.person(row["person"])
    period = known.periods.get(plain(row["period"]))
    if period is None:
        raise LineRefused("period", _("There is no period “%(name)s”.") % {"name": shown(row["period"])})
    days = known.days_of(row["kind"], period)
    word = plain(row["what"])
    if word in LEAVE_WORDS:
        if not person.is_student:
            raise LineRefused("what", _("Only students leave a class to help."))
        days = [day for day in days if not day.is_testing]
        if not days:
            raise LineRefused("kind", _("Nobody leaves a class on a testing day."))
    school_class = None if word in FREE_WORDS | LEAVE_WORDS else known.school_class(row["what"], person)
    for day in days:
        yield TimetableLine(
            person_id=person.pk,
            day_type_id=day.pk,
            period_id=period.pk,
            may_leave_class=None if school_class else word in LEAVE_WORDS,
            class_id=school_class.pk if school_class else None,
        )
