"""What surveys put on somebody's home page."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists

from accounts.models import User
from accounts.panels import Panel
from accounts.permissions import ANSWER_SURVEY, EXPORT_STUDY, RUN_STUDY
from surveys.models import Wave
from surveys.reports import progress

# How long a closed wave stands on the admin's home page.
READY_SHOWN = dt.timedelta(days=30)


def panels(user: User, now: dt.datetime) -> list[Panel]:
    """Teacher: a survey that waits. Coordinator: how far the open waves are. Admin: waves that can be exported."""
    shown: list[Panel] = []
    if user.may(ANSWER_SURVEY):
        is_willing = Exists(User.objects.filter(pk=user.pk).open_to_surveys())
        waiting = Wave.objects.open_at(now).asked_of(user).not_done_by(user).filter(is_willing)
        waiting = waiting.select_related("instrument_version")
        shown += [
            Panel("surveys/_waiting_panel.html", {"wave": wave}, order=30) for wave in waiting.order_by("closes_at")
        ]
    if user.may(RUN_STUDY):
        running = Wave.objects.open_at(now).filter(study__school_id=user.school_id).select_related("study")
        if waves := list(progress.with_progress(running)):
            shown.append(Panel("surveys/_progress_panel.html", {"waves": waves}, order=40, column="side"))
    if user.may(EXPORT_STUDY):
        since = now - READY_SHOWN
        ready = Wave.objects.filter(study__school_id=user.school_id, closed_at__gte=since).select_related("study")
        if waves := list(ready.order_by("-study__created_at", "study", "opens_at")):
            shown.append(Panel("surveys/_ready_panel.html", {"waves": waves}, order=45, column="side"))
    return shown
