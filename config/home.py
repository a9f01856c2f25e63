"""The home page: what each app has to say to this person now."""

from importlib import import_module
from importlib.util import find_spec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.models import SchoolDay
from accounts.panels import Panel

APPS = ("accounts", "mentorship", "sessions_app", "surveys")


def home(request: HttpRequest) -> HttpResponse:
    """Show this person's panels, each app's own, in two columns."""
    from accounts import clock

    now = clock.now()
    panels: list[Panel] = []
    for name in APPS:
        if find_spec(f"{name}.panels"):
            assemble = getattr(import_module(f"{name}.panels"), "panels", None)
            panels += assemble(request.user, now) if assemble else []
    panels.sort(key=lambda panel: panel.order)
    columns = {side: [panel for panel in panels if panel.column == side] for side in ("main", "side")}
    day = SchoolDay.objects.filter(school=request.user.school, date=clock.today(request.user.school))
    context = {"columns": columns, "now": now, "school_day": day.select_related("day_type").first()}
    return render(request, "home.html", context)
