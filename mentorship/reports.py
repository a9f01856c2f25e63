"""Figures and tables about mentorship: pure reading."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Min, Sum

from accounts.models import DayType, Period, PeriodTime, School, SchoolClass, User
from mentorship.models import Availability, HelpEntry


@dataclass(frozen=True)
class HelpGiven:
    """What a student has given so far, from accepted entries only."""

    minutes: int
    teacher_count: int

    @property
    def hours(self) -> int:
        """Whole hours."""
        return self.minutes // 60

    @property
    def minutes_left(self) -> int:
        """Minutes beyond the whole hours, 0 to 59."""
        return self.minutes % 60


def help_given(student: User) -> HelpGiven:
    """Accepted minutes where the student led, and how many different teachers they went to."""
    sums = (
        HelpEntry.objects.counted().filter(student=student).aggregate(Sum("minutes"), Count("teacher", distinct=True))
    )
    return HelpGiven(minutes=sums["minutes__sum"] or 0, teacher_count=sums["teacher__count"])


@dataclass(frozen=True)
class Waiting:
    """Entries that wait for an adult: how many, since which day, and the ids of the oldest."""

    count: int
    oldest_on: dt.date | None
    oldest: list[int]


def waiting_help(user: User, *, at_most: int) -> Waiting:
    """What waits for this person to verify; at most `at_most` ids, the oldest first. Never the own help."""
    waiting = HelpEntry.objects.visible_to(user).unverified().exclude(student=user)
    facts = waiting.aggregate(Count("pk"), Min("helped_on"))
    oldest = waiting.order_by("helped_on", "pk").values_list("pk", flat=True)[:at_most] if facts["pk__count"] else []
    return Waiting(count=facts["pk__count"], oldest_on=facts["helped_on__min"], oldest=list(oldest))


@dataclass(frozen=True)
class Cell:
    """One period on one kind of day, with its times on the wall, and what the person does in it."""

    day_type: DayType
    period: Period
    starts: dt.time
    ends: dt.time
    is_free: bool
    is_left: bool
    # Whether there can be a class that this person may leave: a student's, and not on a testing day.
    can_leave: bool

    @property
    def slot(self) -> str:
        """The value that the form sends: "<day type id>-<period id>"."""
        return f"{self.day_type.pk}-{self.period.pk}"


@dataclass(frozen=True)
class FreeGrid:
    """Kinds of day across, periods down; a cell is None where the period is not held on that kind of day."""

    day_types: list[DayType]
    rows: list[tuple[Period, list[Cell | None]]]

    @property
    def cells(self) -> list[Cell]:
        """Every slot that can be chosen."""
        return [cell for _period, cells in self.rows for cell in cells if cell]


def free_grid(person: User) -> FreeGrid:
    """The periods of the person's school, where the person is free, and which classes may be left.

    Times come from the bell schedule of the person's grade where there is one, else from the first that has them.
    """
    rows = Availability.objects.filter(person=person)
    says = {(row.day_type_id, row.period_id): row.may_leave_class for row in rows}
    cells: dict[tuple[int, int], Cell] = {}
    times = PeriodTime.objects.filter(period__school=person.school_id).select_related(
        "bell_schedule", "day_type", "period"
    )
    for time in sorted(times, key=lambda time: (person.grade not in time.bell_schedule.grades, time.pk)):
        slot = (time.day_type_id, time.period_id)
        can_leave = person.is_student and not time.day_type.is_testing
        free, left = says.get(slot) is False, says.get(slot) is True and can_leave
        cells.setdefault(slot, Cell(time.day_type, time.period, time.starts, time.ends, free, left, can_leave))
    day_types = {cell.day_type.pk: cell.day_type for cell in cells.values()}
    periods = {cell.period.pk: cell.period for cell in cells.values()}
    across = sorted(day_types.values(), key=lambda day_type: day_type.name)
    down = sorted(periods.values(), key=lambda period: period.position)
    return FreeGrid(across, [(row, [cells.get((column.pk, row.pk)) for column in across]) for row in down])


@dataclass(frozen=True)
class TimetableLine:
    """What a timetable says of one slot: free, a class that may be left, or (None) a class; ids throughout."""

    person_id: int
    day_type_id: int
    period_id: int
    may_leave_class: bool | None
    class_id: int | None

    @property
    def slot(self) -> tuple[int, int, int]:
        """Whose, on which kind of day, in which period."""
        return self.person_id, self.day_type_id, self.period_id


@dataclass(frozen=True)
class TimetableChanges:
    """What taking over a timetable would change: free periods, and when classes meet."""

    added: list[TimetableLine]
    changed: dict[int, bool]  # by id of the free period: whether a class is left then
    gone: list[int]
    periods: set[tuple[int, int]]  # (class id, period id)
    day_types: dict[int, set[int]]  # by id of the class: its kinds of day from then on; none = every kind

    @property
    def slot_count(self) -> int:
        """How many free periods are new, other ones, or none any more."""
        return len(self.added) + len(self.changed) + len(self.gone)

    @property
    def class_count(self) -> int:
        """How many classes get periods or kinds of day."""
        return len({pk for pk, _period in self.periods} | set(self.day_types))


def timetable_changes(lines: Collection[TimetableLine], school: School) -> TimetableChanges:
    """What of these lines is not so already. Slots and classes that no line names stay as they are. Five statements."""
    rows = Availability.objects.filter(person__in={line.person_id for line in lines})
    there = {(row.person_id, row.day_type_id, row.period_id): row for row in rows}
    added = [line for line in lines if line.may_leave_class is not None and line.slot not in there]
    changed = {
        there[line.slot].pk: line.may_leave_class
        for line in lines
        if line.may_leave_class is not None
        and line.slot in there
        and there[line.slot].may_leave_class != line.may_leave_class
    }
    gone = [there[line.slot].pk for line in lines if line.may_leave_class is None and line.slot in there]
    wanted = {(line.class_id, line.period_id) for line in lines if line.class_id}
    classes = {pk for pk, _period in wanted}
    meets = SchoolClass.periods.through.objects.filter(schoolclass__in=classes)
    periods = set(meets.values_list("schoolclass_id", "period_id"))
    kinds_of: dict[int, set[int]] = {pk: set() for pk in classes if pk}
    for pk, kind in SchoolClass.day_types.through.objects.filter(schoolclass__in=classes).values_list(
        "schoolclass_id", "daytype_id"
    ):
        kinds_of[pk].add(kind)
    every = set(school.day_types.values_list("pk", flat=True))
    has_periods = {pk for pk, _period in periods}
    day_types = {}
    for pk, before in kinds_of.items():
        if pk in has_periods and not before:
            continue  # it meets on every kind of day
        after = before | {line.day_type_id for line in lines if line.class_id == pk}
        after = set() if after == every else after
        if after != before:
            day_types[pk] = after
    new = {(pk, period) for pk, period in wanted if pk and (pk, period) not in periods}
    return TimetableChanges(added, changed, gone, new, day_types)
