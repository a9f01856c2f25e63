"""What surveys put on the home page."""

import pytest
import time_machine
from django.urls import reverse

from accounts.services import withdraw_consent
from surveys.panels import panels
from surveys.services import close_wave, decline_wave
from tests.surveys.conftest import DAY, OPEN, OVER, PRE, consenting

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def while_open():
    """The day after the wave before opened."""
    with time_machine.travel(OPEN, tick=False) as traveller:
        yield traveller


def test_panels_of_a_teacher_end_when_done(cast, wave):
    shown = panels(cast.teacher, OPEN)
    decline_wave(wave, cast.teacher, now=OPEN)

    assert [panel.context["wave"] for panel in shown] == [wave]
    assert panels(cast.teacher, OPEN) == []
    assert panels(cast.teacher, PRE[0] - DAY) == []


def test_panels_of_the_coordinator_show_progress_while_open(cast, wave):
    decline_wave(wave, cast.teacher, now=OPEN)

    (panel,) = panels(cast.coordinator, OPEN)

    (shown,) = panel.context["waves"]
    assert (shown.done, shown.asked) == (1, 2)
    assert panels(cast.coordinator, OVER) == []
    assert panels(cast.stranger_coordinator, OPEN) == []


def test_panels_of_the_admin_show_what_can_be_exported(cast, wave):
    assert panels(cast.admin, OVER) == []
    close_wave(wave, now=OVER)

    (panel,) = panels(cast.admin, OVER)

    assert panel.context["waves"] == [wave]
    assert panels(cast.admin, OVER + 40 * DAY) == []


def test_panels_of_others_are_empty(cast, wave):
    assert panels(cast.mentor, OPEN) == []
    assert panels(cast.stranger, OPEN) == []


@pytest.mark.parametrize("who", ["teacher", "coordinator", "admin"])
def test_home_page_renders_the_panel(cast, study, sign_in, while_open, who):
    first, second = study.waves.all()
    first.closes_at = OPEN - DAY / 2
    first.save()
    close_wave(first, now=OPEN)
    second.opens_at = OPEN - DAY / 4
    second.save()

    content = sign_in(getattr(cast, who)).get(reverse("home")).content.decode()

    words = {
        "teacher": reverse("survey_begin", args=[second.pk]),
        "coordinator": "After: 0 of 2 teachers are done",
        "admin": reverse("study_export", args=[study.pk]),
    }
    assert words[who] in content


@pytest.mark.parametrize("purpose", ["answer_surveys", "research_use"])
def test_who_took_a_yes_about_surveys_back_is_not_asked_at_home(cast, wave, purpose) -> None:
    consenting(cast.teacher)
    before = [panel for panel in panels(cast.teacher, OPEN) if panel.template == "surveys/_waiting_panel.html"]

    withdraw_consent(cast.teacher, purpose, by=cast.teacher, today=OPEN.date())

    after = [panel for panel in panels(cast.teacher, OPEN) if panel.template == "surveys/_waiting_panel.html"]
    assert (len(before), after) == (1, [])
