"""The home page: what each app has to say to this person now."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

import accounts.panels
import mentorship.panels
import sessions_app.panels
import surveys.panels
from accounts import clock
from accounts.models import SchoolDay
from accounts.signed_in import SignedInRequest


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    """Show this person's panels, each app's own, in two columns."""
    now = clock.now()
    panels = sorted(
        [
            *accounts.panels.panels(request.user, now),
            *mentorship.panels.panels(request.user, now),
            *sessions_app.panels.panels(request.user, now),
            *surveys.panels.panels(request.user, now),
        ],
        key=lambda panel: panel.order,
    )
    columns = {side: [panel for panel in panels if panel.column == side] for side in ("main", "side")}
    day = SchoolDay.objects.filter(school=request.user.school, date=clock.today(request.user.school))
    context = {"columns": columns, "now": now, "school_day": day.select_related("day_type").first()}
    return render(request, "home.html", context)
