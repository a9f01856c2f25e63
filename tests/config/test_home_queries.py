"""What the whole home page costs, for each of the four roles."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from accounts.models import Concern
from tests import factories
from tests.cast import NOW
from tests.world import make_world

MORNING = dt.datetime(2026, 12, 3, 15, tzinfo=dt.UTC)  # Thursday, 9:00 in Chicago


def more_of_everything(cast):
    """One more row of each kind that a panel shows or counts."""
    person = factories.StudentFactory(school=cast.school)
    factories.ParticipantFactory(program=cast.program, person=person)
    factories.PairingFactory(program=cast.program)
    factories.ProgramFactory(school=cast.school)
    factories.ToolFactory(school=cast.school)
    factories.HelpEntryFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)
    factories.BookingFactory(program=cast.program, teacher=cast.teacher, mentor=cast.mentor)
    playground = factories.PlaygroundSessionFactory(
        program=cast.program, starts_at=MORNING + dt.timedelta(days=1), ends_at=MORNING + dt.timedelta(days=1, hours=1)
    )
    playground.duties.create(person=cast.mentor)
    Concern.objects.create(school=cast.school, raised_by=cast.mentor, raised_at=NOW)


@pytest.mark.parametrize(("who", "statements"), [("coordinator", 21), ("teacher", 15), ("mentor", 13), ("admin", 9)])
@pytest.mark.parametrize("count", [1, 30])
def test_home_costs_the_same_for_1_and_30_rows(cast, sign_in, who, statements, count, django_assert_num_queries):
    make_world(cast)
    for _ in range(count):
        more_of_everything(cast)
    client = sign_in(getattr(cast, who))

    with time_machine.travel(MORNING, tick=False), django_assert_num_queries(statements):
        answer = client.get(reverse("home"))

    assert any(answer.context["columns"].values())
