"""Changing a playground that stands in the calendar, and who stands where in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import Message, Period, Room, User
from accounts.services import Refused
from mentorship.models import Tool
from sessions_app.models import Duty, PlaygroundSession
from sessions_app.reports.playground_dates import Plan
from sessions_app.reports.series import Slot, Span
from sessions_app.reports.stations import place_mentors
from sessions_app.services import notices
from sessions_app.services.holds import lock_bodies, losing_is_time_taken
from sessions_app.services.playground_dates import (
    lock_planned,
    possible_dates,
    refuse_unfit_mentors,
    refuse_unfit_plan,
    refuse_unless_coordinator,
    staff,
)
from sessions_app.services.playground_waitlist import refuse_too_few_places


class ChangedMeanwhile(Refused):
    """Somebody changed the playground since the page was read. Nothing was written."""

    def __init__(self) -> None:
        super().__init__(_("Somebody changed this playground meanwhile. Look at what it is now, and save again."))


def change_playground(
    playground: PlaygroundSession,
    *,
    by: User,
    title: str,
    tools: Sequence[Tool],
    room: Room,
    places: int,
    minimum: int,
    adult_in_charge: User,
    mentors: Sequence[User],
    day: dt.date,
    period: Period | None,
    starts: dt.time | None = None,
    ends: dt.time | None = None,
    override_reason: str = "",
    revision: int | None = None,
    now: dt.datetime,
) -> PlaygroundSession:
    """Change a playground that has not begun. What it no longer needs is free, and who came along is told.

    Raises TimeTaken or Refused as `schedule_playground` does, and Refused with fewer places than are taken or offered;
    then it stands as it stood. ChangedMeanwhile where it is not at `revision` any more, if one was read.
    """
    with losing_is_time_taken(), transaction.atomic():
        playground = lock_planned(playground, now=now)
        refuse_changed(playground, revision)
        plan = Plan(
            program=playground.program,
            title=title,
            tools=tools,
            room=room,
            places=places,
            minimum=minimum,
            adult_in_charge=adult_in_charge,
            mentors=mentors,
            slot=Slot(period, starts, ends),
            override_reason=override_reason.strip(),
        )
        refuse_unfit_plan(plan, by=by)
        change_dates([playground], plan, [day], by=by, now=now)
    return playground


def change_dates(
    playgrounds: Sequence[PlaygroundSession], plan: Plan, days: Sequence[dt.date], *, by: User, now: dt.datetime
) -> None:
    """Give each of these playgrounds, whose rows the caller has locked, the plan and its day: all of them or none."""
    refuse_begun(playgrounds, now=now)
    before = {playground.pk: _staff_of(playground) for playground in playgrounds}
    people = {person.pk for held in before.values() for person in held} | {person.pk for person in plan.people}
    lock_bodies(people=people, rooms={plan.room.pk, *(playground.room_id for playground in playgrounds)})
    refuse_unfit_mentors(plan.mentors, plan.program)
    dates = possible_dates(plan, days, now=now, but=[playground.pk for playground in playgrounds])
    for playground, day in zip(playgrounds, days, strict=True):
        try:
            refuse_too_few_places(playground, places=plan.places, now=now)
        except Refused as refused:
            if len(playgrounds) == 1:
                raise
            raise Refused(f"{date_format(day)}: {refused}") from refused
    for playground in playgrounds:  # all of them give their time back first: one may move to where another stood
        playground.holds.all().delete()
    messages: list[Message] = []
    for playground, date in zip(playgrounds, dates, strict=True):
        playground.override_reason = plan.override_reason if date.is_overridden else ""
        playground.overridden_by = by if date.is_overridden else None
        messages += _change(playground, plan, date.when, before=before[playground.pk], now=now)
    outbox.post(notices.told_once(messages))


def place_at_stations(
    playground: PlaygroundSession, *, by: User, stations: Mapping[int, int | None], now: dt.datetime
) -> None:
    """Say at which station each mentor on duty stands: ids of duties, and of stations or None.

    It takes no time and is nobody's news, so the revision stays. Ids of other playgrounds change nothing.
    """
    with transaction.atomic():
        playground = lock_planned(playground, now=now)
        refuse_unless_coordinator(by, playground.program)
        own = {station.pk: station for station in playground.stations.all()}
        duties = list(playground.duties.filter(pk__in=stations))
        for duty in duties:
            duty.station = own.get(stations[duty.pk] or 0)
        Duty.objects.bulk_update(duties, ["station"])


def leave_duty(playground: PlaygroundSession, *, by: User, now: dt.datetime) -> None:
    """A mentor can't come. No reason is asked for; the others stay, and the coordinator sees what is empty now.

    Raises Refused for somebody who is not on duty there.
    """
    with transaction.atomic():
        playground = lock_planned(playground, now=now)
        duty = playground.duties.filter(person=by).first()
        if duty is None:
            raise Refused(_("You are not on duty at this playground."))
        duty.delete()
        playground.holds.filter(person=by).delete()
        outbox.withdraw(playground.about, user=by)


def refuse_changed(playground: PlaygroundSession, revision: int | None) -> None:
    """What was read is what stands; None where no page was read."""
    if revision is not None and playground.revision != revision:
        raise ChangedMeanwhile


def refuse_begun(playgrounds: Sequence[PlaygroundSession], *, now: dt.datetime) -> None:
    """What has begun is not planned any more."""
    if any(playground.starts_at <= now for playground in playgrounds):
        raise Refused(_("This playground has begun. It can't be changed any more."))


def _staff_of(playground: PlaygroundSession) -> list[User]:
    """The adult in charge and the mentors on duty, as they stand now."""
    duties = playground.duties.select_related("person__school").order_by("pk")
    return [playground.adult_in_charge, *(duty.person for duty in duties)]


def _change(
    playground: PlaygroundSession, plan: Plan, span: Span, *, before: Sequence[User], now: dt.datetime
) -> list[Message]:
    """Write what is new about one playground; its messages, to be posted with those of the others."""
    was = (playground.starts_at, playground.ends_at, playground.room_id, playground.title)
    playground.title, playground.room, playground.period = plan.title, plan.room, plan.slot.period
    playground.places, playground.minimum, playground.adult_in_charge = plan.places, plan.minimum, plan.adult_in_charge
    playground.starts_at, playground.ends_at = span
    playground.revision += 1
    playground.save()
    stands = place_mentors(plan.mentors, plan.tools, before=_stands(playground))
    playground.duties.exclude(person__in=plan.mentors).delete()
    playground.stations.exclude(tool__in=plan.tools).delete()
    staff(playground, plan, stands)
    places = list(playground.sign_ups.select_related("teacher__school"))
    outbox.withdraw(playground.about, *(place.about for place in places))
    running = {person.pk for person in plan.people}
    released = [person for person in before if person.pk not in running]
    messages = notices.of_playground(playground, plan.people, now=now)
    for place in places:
        if place.teacher_id != plan.adult_in_charge.pk:
            messages += notices.of_sign_up(place, playground, now=now)
    messages += notices.of_released(playground, released, now=now)
    if was != (playground.starts_at, playground.ends_at, playground.room_id, playground.title):
        staying = {person.pk: person for person in before if person.pk in running}
        coming = {place.teacher_id: place.teacher for place in places}
        messages += notices.of_changed_playground(playground, (staying | coming).values(), now=now)
    return messages


def _stands(playground: PlaygroundSession) -> dict[int, int | None]:
    """The tool at whose station each mentor stands now."""
    return dict(playground.duties.values_list("person", "station__tool"))
