"""Free time, and what a mentor helps with."""

import pytest

from accounts.services import Refused
from mentorship.models import Availability, Mentor
from mentorship.services import set_availability, set_mentor_tools
from tests import factories
from tests.cast import Cast


def slots_of(person: object) -> set[tuple[int, int]]:
    """Where a person is free."""
    return set(Availability.objects.filter(person=person).values_list("day_type_id", "period_id"))


@pytest.mark.parametrize("by", ["teacher", "coordinator"])
def test_set_availability_replaces_what_stood(cast: Cast, by: str) -> None:
    b_day = factories.DayTypeFactory(school=cast.school, name="B")
    wanted = {(cast.day_type.pk, cast.periods[0].pk), (b_day.pk, cast.periods[3].pk)}

    set_availability(cast.teacher, wanted, by=getattr(cast, by))

    assert slots_of(cast.teacher) == wanted
    assert len(slots_of(cast.mentor)) == 4


def test_set_availability_refuses_foreign_slots_and_other_people(cast: Cast) -> None:
    foreign_day = factories.DayTypeFactory(school=cast.stranger.school)
    foreign_period = factories.PeriodFactory(school=cast.stranger.school)
    own = (cast.day_type.pk, cast.periods[0].pk)
    before = slots_of(cast.teacher)

    for slot, by, said in [
        ((foreign_day.pk, own[1]), cast.teacher, "not a period of your school"),
        ((own[0], foreign_period.pk), cast.teacher, "not a period of your school"),
        (own, cast.other_teacher, "can't do this"),
        (own, cast.admin, "can't do this"),
        (own, cast.stranger_coordinator, "can't do this"),
    ]:
        with pytest.raises(Refused, match=said):
            set_availability(cast.teacher, {slot}, by=by)

    assert slots_of(cast.teacher) == before


@pytest.mark.parametrize("by", ["mentor", "coordinator"])
def test_set_mentor_tools_replaces_what_stood(cast: Cast, by: str) -> None:
    new = factories.ToolFactory(school=cast.school)
    mentor = Mentor.objects.get(user=cast.mentor)

    set_mentor_tools(mentor, {cast.tool.pk: 3, new.pk: 1}, ["es", "ar"], by=getattr(cast, by))
    mentor.refresh_from_db()
    assert dict(mentor.mentor_tools.values_list("tool", "level")) == {cast.tool.pk: 3, new.pk: 1}
    assert mentor.languages == ["ar", "es"]

    set_mentor_tools(mentor, {new.pk: 2}, [], by=getattr(cast, by))
    assert dict(mentor.mentor_tools.values_list("tool", "level")) == {new.pk: 2}


def test_set_mentor_tools_refuses_foreign_tools_and_other_people(cast: Cast) -> None:
    mentor = Mentor.objects.get(user=cast.mentor)

    for tool, by, said in [
        (factories.ToolFactory(), cast.mentor, "not a tool of your school"),
        (cast.tool, cast.other_mentor, "can't do this"),
        (cast.tool, cast.teacher, "can't do this"),
        (cast.tool, cast.stranger_coordinator, "can't do this"),
    ]:
        with pytest.raises(Refused, match=said):
            set_mentor_tools(mentor, {tool.pk: 3}, ["ar"], by=by)

    mentor.refresh_from_db()
    assert dict(mentor.mentor_tools.values_list("tool", "level")) == {cast.tool.pk: 2}
    assert mentor.languages == ["en", "es"]
