"""What is shown of the school's days."""

import datetime as dt

from accounts.models import SchoolDay
from accounts.reports.school_time import days_without_school
from tests.cast import TODAY, Cast


def test_days_without_school_after_a_mistyped_year_are_a_years(cast: Cast) -> None:
    SchoolDay.objects.create(school=cast.school, date=dt.date(9999, 12, 31), day_type=cast.day_type)

    found = days_without_school(cast.school, after=TODAY)

    assert found[0] > TODAY
    assert found[-1] < TODAY + dt.timedelta(days=370)
