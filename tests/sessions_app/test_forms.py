"""What the forms accept, keep and refuse."""

import datetime as dt

import pytest

from accounts.models import Consent
from mentorship.models import LearnerGroup, MentorTool
from sessions_app.forms import ConcernForm, FindForm, MoveForm, PlaygroundForm
from sessions_app.forms.booking import mentors_for
from tests import factories
from tests.cast import TODAY


def test_find_form_without_learners_means_all(cast):
    form = FindForm({"tool": cast.tool.pk}, user=cast.teacher)

    assert form.is_valid()
    assert form.cleaned_data["learners"] == LearnerGroup.ALL


def test_mentors_to_choose_from_are_in_the_program_now(cast):
    before = mentors_for(cast.tool, cast.program)
    cast.program.participants.filter(person=cast.other_mentor).update(left_on=TODAY)

    assert set(before) == {cast.mentor, cast.other_mentor}
    assert mentors_for(cast.tool, cast.program) == [cast.mentor]


def test_mentors_to_choose_from_know_the_tool_and_may_be_booked(cast):
    MentorTool.objects.filter(mentor__user=cast.mentor).delete()

    shown = mentors_for(cast.tool, cast.program)
    Consent.objects.update(withdrawn_on=TODAY)

    assert shown == [cast.other_mentor]
    assert mentors_for(cast.tool, cast.program) == []


def test_move_form_offers_rooms_in_view_only(cast, booking):
    factories.RoomFactory(school=cast.school, name="Cellar", in_view=False)

    form = MoveForm(None, user=cast.teacher, booking=booking)

    assert "Cellar" not in [room.name for room in form.fields["room"].queryset]
    assert cast.room in form.fields["room"].queryset


@pytest.fixture
def plan(cast):
    return {
        "program": cast.program.pk,
        "title": "Captions",
        "room": cast.library.pk,
        "places": "12",
        "minimum": "1",
        "adult_in_charge": cast.teacher.pk,
        "mentors": [cast.mentor.pk],
        "day": TODAY.isoformat(),
        "period": cast.periods[0].pk,
        "request_key": "0e7b6c1e-8d3a-4f0b-9a53-0d6f6d1c2b7e",
    }


def test_playground_form_accepts_today_but_no_day_before(cast, plan):
    yesterday = (TODAY - dt.timedelta(days=1)).isoformat()

    assert PlaygroundForm(plan, user=cast.coordinator, today=TODAY).is_valid()
    assert list(PlaygroundForm(plan | {"day": yesterday}, user=cast.coordinator, today=TODAY).errors) == ["day"]


def test_playground_form_refuses_a_mentor_of_another_program_by_name(cast, plan):
    other = factories.ProgramFactory(school=cast.school)

    form = PlaygroundForm(plan | {"program": other.pk}, user=cast.coordinator, today=TODAY)

    assert form.errors["mentors"] == [f"Maya Rahman is not in {other.name}."]


def test_playground_form_never_puts_a_student_in_charge(cast, plan):
    form = PlaygroundForm(plan | {"adult_in_charge": cast.mentor.pk}, user=cast.coordinator, today=TODAY)

    assert list(form.errors) == ["adult_in_charge"]


def test_concern_form_may_be_empty(cast):
    form = ConcernForm({}, user=cast.mentor)

    assert form.is_valid()
    assert form.cleaned_data == {"about": None, "text": ""}


def test_concern_form_offers_no_one_who_left_the_school(cast, book):
    book()
    cast.teacher.is_active = False
    cast.teacher.save()

    assert list(ConcernForm({}, user=cast.mentor).fields["about"].queryset) == []
