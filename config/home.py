"""The home page: what each app has to say to this person now, and what a school needs in its first week."""

import copy
import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

import accounts.panels
import mentorship.panels
import sessions_app.panels
import surveys.panels
from accounts import clock
from accounts.models import SchoolDay, User
from accounts.panels import Panel
from accounts.signed_in import SignedInRequest, chosen_hat


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """Show this person's panels, each app's own, in two columns; of one hat where the person chose one."""
    now = clock.now()
    wearer = wearing(request.user, chosen_hat(request))
    panels = sorted([*panels_of(request.user, wearer, now), *first_week(wearer, now)], key=lambda panel: panel.order)
    columns = {side: [panel for panel in panels if panel.column == side] for side in ("main", "side")}
    day = SchoolDay.objects.filter(school=request.user.school, date=clock.today(request.user.school))
    context = {"columns": columns, "now": now, "school_day": day.select_related("day_type").first()}
    return render(request, "home.html", context)


def panels_of(user: User, wearer: User, now: dt.datetime) -> list[Panel]:
    """What each app has to say to a person who wears the hats of `wearer`; the daily mail asks the same."""
    return [
        *accounts.panels.calls(user, now),
        *accounts.panels.panels(wearer, now),
        *mentorship.panels.panels(wearer, now),
        *sessions_app.panels.panels(wearer, now),
        *surveys.panels.panels(wearer, now),
    ]


def first_week(user: User, now: dt.datetime) -> list[Panel]:
    """The checklist, as long as something on it is open: what is to do, and what is done."""
    steps = [*accounts.panels.first_steps(user, now), *mentorship.panels.first_steps(user, now)]
    waiting = [step for step in steps if not step.is_done]
    done = [step for step in steps if step.is_done]
    if not waiting:
        return []
    context = {"steps": waiting, "done": done, "total": len(steps)}
    return [Panel("accounts/_panel_first_steps.html", context, order=40)]


def wearing(user: User, hat: str) -> User:
    """The same person as if she wore this hat alone: for choosing what is shown, never for what is allowed."""
    if not hat:
        return user
    wearer = copy.copy(user)
    wearer.roles = [hat]
    return wearer
