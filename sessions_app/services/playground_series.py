"""A playground every week over a term: planned, changed and cancelled as a whole or from one date on."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import outbox
from accounts.models import Message, User
from accounts.services import Refused
from sessions_app.models import PlaygroundSession, Series
from sessions_app.reports.playground_dates import Plan
from sessions_app.reports.series import MOST_DATES, rule_of, weekly_dates
from sessions_app.services import notices
from sessions_app.services.holds import losing_is_time_taken
from sessions_app.services.playground import end_playground
from sessions_app.services.playground_change import change_dates, refuse_changed
from sessions_app.services.playground_dates import (
    lock_plan,
    refuse_unfit_plan,
    refuse_unless_coordinator,
    write_playgrounds,
)


def schedule_series(
    plan: Plan,
    *,
    by: User,
    first: dt.date,
    until: dt.date,
    weekdays: Collection[int],
    left_out: Collection[dt.date],
    request_key: uuid.UUID,
    now: dt.datetime,
) -> Series:
    """Schedule a playground on these weekdays (Monday is 0), but for the dates that are left out: all or none.

    The same `request_key` by the same person answers with the first series. Raises DatesTaken with what each date
    would be where one of several is not possible; for a single date TimeTaken or Refused; Refused where no date is
    left.
    """
    refuse_unfit_plan(plan, by=by)
    days = [day for day in weekly_dates(first, until, weekdays) if day not in left_out]
    if not days:
        raise Refused(_("No date is left. Choose other days, or leave fewer out."))
    if len(days) > MOST_DATES:
        raise Refused(_("That is more than %(count)s dates. Choose an earlier last day.") % {"count": MOST_DATES})
    with losing_is_time_taken(), transaction.atomic():
        # Two clicks of one form queue here: the key is unique, and the second one finds the first one's row.
        series, is_new = Series.objects.get_or_create(
            request_key=request_key,
            defaults={
                "program": plan.program,
                "rule": rule_of(until, weekdays),
                "starts_on": first,
                "until": until,
                "made_by": by,
                "made_at": now,
            },
        )
        if not is_new and series.made_by_id != by.pk:
            raise Refused(_("This is not your series."))
        if is_new:
            lock_plan(plan, by=by)
            write_playgrounds(plan, days, by=by, now=now, series=series)
    return series


def change_following(
    playground: PlaygroundSession,
    plan: Plan,
    *,
    by: User,
    day: dt.date,
    now: dt.datetime,
    revision: int | None = None,
) -> list[PlaygroundSession]:
    """Give this date of a series, and those after it, the plan. Where this one moves, the others move as many days.

    Each person has one message about all the dates. Raises as `change_playground` does; DatesTaken where one of
    several dates is not possible. Then all stand as they stood.
    """
    refuse_unfit_plan(plan, by=by)
    with losing_is_time_taken(), transaction.atomic():
        playgrounds = _lock_following(playground, now=now)
        refuse_changed(next(row for row in playgrounds if row.pk == playground.pk), revision)
        zone = plan.program.school.zone
        dates = {row.pk: row.starts_at.astimezone(zone).date() for row in playgrounds}
        shift = day - dates[playground.pk]
        change_dates(playgrounds, plan, [date + shift for date in dates.values()], by=by, now=now)
    return playgrounds


def cancel_following(playground: PlaygroundSession, *, by: User, now: dt.datetime) -> list[PlaygroundSession]:
    """Cancel this date of a series and those after it. Each person has one message about all the dates."""
    with transaction.atomic():
        refuse_unless_coordinator(by, playground.program)
        playgrounds = _lock_following(playground, now=now)
        messages: list[Message] = []
        for row in playgrounds:
            messages += end_playground(row, now=now)
        outbox.post(notices.told_once(messages))
    return playgrounds


def _lock_following(playground: PlaygroundSession, *, now: dt.datetime) -> list[PlaygroundSession]:
    """This one and those after it, locked in the order of their ids, then in the order of their dates."""
    rows = PlaygroundSession.objects.following(playground, now).order_by("pk").select_for_update(of=("self",))
    found = list(rows.select_related("program__school"))
    if playground.pk not in {row.pk for row in found}:
        raise Refused(_("This playground was cancelled, or has begun."))
    return sorted(found, key=lambda row: (row.starts_at, row.pk))
