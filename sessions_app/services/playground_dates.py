"""Writing playgrounds into the calendar: the rules, the locks and the rows, for one date or for many at once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import User
from accounts.permissions import RUN_PROGRAM
from accounts.services import Refused
from mentorship.models import Participant, Program
from sessions_app.models import BookingRules, Duty, PlaygroundSession, Series, Station
from sessions_app.reports.playground_dates import Plan, occurrences
from sessions_app.reports.protection import Left, leaving_after
from sessions_app.reports.rules import Leaving, leavings
from sessions_app.reports.series import Occurrence, Span
from sessions_app.reports.stations import place_mentors
from sessions_app.services import notices
from sessions_app.services.holds import TimeTaken, hold_playground, lock_bodies
from sessions_app.services.rules import Protected, refuse_unprotected


class DatesTaken(TimeTaken):
    """On some dates the playground can't be held. Nothing was written."""

    def __init__(self, found: Sequence[Occurrence]) -> None:
        super().__init__(_("Some dates are not possible. Leave them out, or change the plan."))
        self.found = found


def lock_plan(plan: Plan, *, by: User) -> None:
    """Take the locks of who and what a plan needs, and of who plans it: two clicks of one form queue here."""
    lock_bodies(people=[by.pk, *(person.pk for person in plan.people)], rooms=[plan.room.pk])


def write_playgrounds(
    plan: Plan,
    days: Sequence[dt.date],
    *,
    by: User,
    now: dt.datetime,
    series: Series | None = None,
    request_key: uuid.UUID | None = None,
) -> list[PlaygroundSession]:
    """Write one playground for each day, with its stations, duties, holds and reminders: all of them or none.

    Under the locks of `lock_plan`, `by` the coordinator. Raises TimeTaken or Refused as `possible_dates` does.
    `request_key` is of the form behind a single day.
    """
    refuse_unfit_mentors(plan.mentors, plan.program)
    dates = possible_dates(plan, days, now=now)
    playgrounds = PlaygroundSession.objects.bulk_create(
        PlaygroundSession(
            program=plan.program,
            title=plan.title,
            room=plan.room,
            places=plan.places,
            minimum=plan.minimum,
            adult_in_charge=plan.adult_in_charge,
            starts_at=date.when[0],
            ends_at=date.when[1],
            period=plan.slot.period,
            series=series,
            series_date=date.day if series else None,
            override_reason=plan.override_reason if date.is_overridden else "",
            overridden_by=by if date.is_overridden else None,
            request_key=request_key,
        )
        for date in dates
    )
    stands = place_mentors(plan.mentors, plan.tools)
    for playground in playgrounds:
        staff(playground, plan, stands)
    outbox.post(
        message for playground in playgrounds for message in notices.of_playground(playground, plan.people, now=now)
    )
    return playgrounds


def staff(playground: PlaygroundSession, plan: Plan, stands: dict[int, int | None]) -> None:
    """Set up the stations, put the mentors on duty at them, and take everybody's time. None of it is held yet."""
    stations = Station.objects.bulk_create(
        [Station(playground=playground, tool=tool, position=position) for position, tool in enumerate(plan.tools)],
        update_conflicts=True,
        unique_fields=["playground", "tool"],
        update_fields=["position"],
    )
    by_tool = {station.tool_id: station for station in stations}
    Duty.objects.bulk_create(
        [
            Duty(playground=playground, person=mentor, station=by_tool.get(stands[mentor.pk] or 0))
            for mentor in plan.mentors
        ],
        update_conflicts=True,
        unique_fields=["playground", "person"],
        update_fields=["station"],
    )
    hold_playground(playground, mentors=plan.mentors)


@dataclass(frozen=True)
class PlaygroundDate(Occurrence):
    """A date as the rules see it. `is_overridden`: a mentor is protected then, and the plan says why not this time."""

    is_overridden: bool = False

    @property
    def when(self) -> Span:
        """The instants of a date that is possible."""
        assert self.span is not None
        return self.span


def possible_dates(
    plan: Plan, days: Sequence[dt.date], *, now: dt.datetime, but: Collection[int] = ()
) -> list[PlaygroundDate]:
    """What each day is, under the locks of who and what is needed; each of them is possible.

    Raises TimeTaken that names who or what is taken, or Refused with the other reasons; for more than one date
    DatesTaken with all of them.
    """
    found = judged_dates(plan, days, now=now, but=but)
    if len(found) > 1 and any(one.why_not for one in found):
        raise DatesTaken(found)
    for one in found:
        if one.why_not:
            raise (TimeTaken if one.is_taken else Refused)(one.why_not)
    return found


def judged_dates(
    plan: Plan, days: Sequence[dt.date], *, now: dt.datetime, but: Collection[int] = ()
) -> list[PlaygroundDate]:
    """What each of these days would be, in their order, with the protection of the mentors on duty.

    Four statements, by the clock six. Each date counts for those after it. `but` are the ids of playgrounds that are
    being changed.
    """
    found = occurrences(plan, days, now=now, but=but)
    school = plan.program.school
    dates_held = [(one.day, one.span) for one in found if one.span]
    rules, left = BookingRules.of(school), leavings(plan.mentors, dates_held, plan.slot.period, school=school, but=but)
    earlier: dict[int, list[Left]] = {mentor.pk: [] for mentor in plan.mentors}
    dates = []
    for one in found:
        said = "" if one.why_not else _protection_of(plan, one, left, earlier, rules=rules)
        why_not = one.why_not or (said if not plan.override_reason else "")
        dates.append(PlaygroundDate(one.day, one.span, why_not, one.is_taken, is_overridden=bool(said and not why_not)))
    return dates


def _protection_of(
    plan: Plan,
    date: Occurrence,
    left: dict[tuple[dt.date, int], Leaving],
    earlier: dict[int, list[Left]],
    *,
    rules: BookingRules,
) -> str:
    """The sentence that protects the first of the mentors who would miss too much, or nothing. Notes what all leave."""
    assert date.span is not None
    minutes = int((date.span[1] - date.span[0]).total_seconds() // 60)
    said = ""
    for mentor in plan.mentors:
        leaving = left.get((date.day, mentor.pk))
        if leaving is None:
            continue
        try:
            counted = leaving_after(leaving, date.day, earlier[mentor.pk], rules=rules)
            refuse_unprotected(counted, minutes=minutes, mentor=mentor, rules=rules)
        except Protected as protected:
            said = said or str(protected)
        earlier[mentor.pk].append((date.day, date.span, leaving))
    return said


def refuse_unfit_plan(plan: Plan, *, by: User) -> None:
    """Who plans, and what must be true of a plan whatever its dates."""
    refuse_unless_coordinator(by, plan.program)
    if plan.adult_in_charge.is_student:
        raise Refused(_("The person in charge must be an adult."))
    if plan.adult_in_charge.school_id != plan.program.school_id:
        raise Refused(_("This person is not at your school."))
    schools = {plan.room.school_id, *(tool.school_id for tool in plan.tools)}
    if plan.slot.period is not None:
        schools.add(plan.slot.period.school_id)
    if schools != {plan.program.school_id}:
        raise Refused(_("This is not at your school."))
    if plan.program.closed_on is not None:
        raise Refused(_("This program is closed."))
    if plan.minimum > plan.places:
        raise Refused(_("More teachers are needed than there are places."))


def refuse_unless_coordinator(by: User, program: Program) -> None:
    """Who runs the programs of this school schedules, changes and cancels their playgrounds."""
    if not by.may(RUN_PROGRAM) or by.school_id != program.school_id:
        raise Refused(_("Only a coordinator can do this."))


def refuse_unfit_mentors(mentors: Sequence[User], program: Program) -> None:
    """Mentors on duty are in the program, and the consents to take part stand: a guardian's and their own."""
    fit = set(
        User.objects.active()
        .may_take_part()
        .filter(participations__in=Participant.objects.present().filter(program=program, role=Participant.Role.STUDENT))
        .values_list("pk", flat=True)
    )
    unfit = [mentor.short_name for mentor in mentors if mentor.pk not in fit]
    if unfit:
        raise Refused(_("Not in the program, or consent is missing: %(names)s.") % {"names": _(", ").join(unfit)})


def lock_planned(playground: PlaygroundSession, *, now: dt.datetime) -> PlaygroundSession:
    """The playground, read again under a row lock, if it is planned and not over."""
    # Only what never changes is joined: who waited for the lock would not find a row whose room is another one by then.
    rows = PlaygroundSession.objects.select_related("program__school").select_for_update(of=("self",))
    playground = rows.get(pk=playground.pk)
    if not playground.is_standing:
        raise Refused(_("This playground was cancelled."))
    if playground.ends_at <= now:
        raise Refused(_("This playground is over."))
    return playground
