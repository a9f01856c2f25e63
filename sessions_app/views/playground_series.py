"""A playground every week: one form, all dates looked at before anything is saved."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.permissions import SCHEDULE_PLAYGROUND, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from sessions_app.forms import PlaygroundSeriesForm
from sessions_app.services import TimeTaken, schedule_series
from sessions_app.services.playground_dates import judged_dates


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SCHEDULE_PLAYGROUND)
def playground_series_create(request: SignedInRequest) -> HttpResponse:
    """Without `save` every date is shown with what stands in its way; with it, all that are not left out are written.

    `leave_out_clashes` leaves out each date that is not possible. A date that was taken meanwhile: 409 with all dates.
    """
    now, status = clock.now(), 200
    form = PlaygroundSeriesForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        today=clock.today(request.user.school),
    )
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and not form.is_valid():
        status = 422
    elif request.method == "POST":
        wish, plan = form.cleaned_data, form.plan(form.cleaned_data["program"])
        left_out = set(wish["left_out"])
        if "save" in request.POST:
            try:
                series = schedule_series(
                    plan,
                    by=request.user,
                    first=wish["day"],
                    until=wish["until"],
                    weekdays=wish["weekdays"],
                    left_out=left_out,
                    request_key=wish["request_key"],
                    now=now,
                )
            except Refused as refused:
                form.add_error(None, str(refused))
                status = 409 if isinstance(refused, TimeTaken) else 422
            else:
                dates = series.playgrounds.order_by("series_date")
                said = ngettext(
                    "%(count)s date stands in the calendar.", "%(count)s dates stand in the calendar.", len(dates)
                )
                messages.success(request, said % {"count": len(dates)})
                return redirect("playground_detail", pk=dates[0].pk)
        found = judged_dates(plan, form.days(), now=now)
        if "leave_out_clashes" in request.POST:
            left_out |= {one.day for one in found if one.why_not}
        kept = [one for one in found if one.day not in left_out]
        context |= {
            "dates": [(one, one.day in left_out) for one in found],
            "kept_count": len(kept),
            "clash_count": sum(1 for one in kept if one.why_not),
        }
    return render(request, "sessions_app/playground_series_create.html", context, status=status)
