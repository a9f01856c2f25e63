"""A period in the hour that the clocks leave out is found, booked, moved and dragged like any other."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.models import PeriodTime, SchoolDay
from sessions_app.models import Booking
from tests.sessions_app.conftest import forms_of

BEFORE = dt.datetime(2027, 3, 10, 15, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("zone", "sunday"),
    [
        ("America/New_York", dt.date(2027, 3, 14)),
        ("America/Chicago", dt.date(2027, 3, 14)),
        ("Europe/Madrid", dt.date(2027, 3, 28)),
    ],
)
@pytest.mark.parametrize("starts", [dt.time(2, 30), dt.time(2, 15)])
def test_period_in_the_gap_is_found_booked_moved_and_dragged(cast, sign_in, zone, sunday, starts):
    cast.school.time_zone = zone
    cast.school.save()
    cast.program.ends_on = sunday + dt.timedelta(days=30)
    cast.program.save()
    monday = sunday + dt.timedelta(days=1)
    for day in (sunday, monday):
        SchoolDay.objects.update_or_create(school=cast.school, date=day, defaults={"day_type": cast.day_type})
    PeriodTime.objects.filter(period=cast.periods[3]).update(starts=starts, ends=dt.time(3, 15))

    with time_machine.travel(BEFORE + (sunday - dt.date(2027, 3, 14)), tick=False):
        client = sign_in(cast.teacher)
        found = client.get(reverse("booking_find"), {"tool": str(cast.tool.pk), "day": sunday.isoformat()})
        (wish,) = [form for form in forms_of(found.content.decode()) if form["period"] == str(cast.periods[3].pk)]
        assert client.post(reverse("booking_create"), wish).status_code == 302
        booking = Booking.objects.get()
        assert booking.ends_at > booking.starts_at
        where = {"period": str(cast.periods[3].pk), "room": str(cast.room.pk)}
        for day, accept in ((monday, "text/html"), (sunday, "application/json")):
            page = client.get(reverse("booking_move", args=[booking.pk]), {"day": day.isoformat()})
            moved = client.post(
                reverse("booking_move", args=[booking.pk]),
                {"day": day.isoformat(), **where},
                headers={"accept": accept},
            )
            assert (page.status_code, moved.status_code) == (200, 302 if accept == "text/html" else 200)

    booking.refresh_from_db()
    assert booking.starts_at.astimezone(cast.school.zone).date() == sunday
    assert booking.starts_at.astimezone(cast.school.zone).hour == 3
