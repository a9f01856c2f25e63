"""What an app shows on somebody's home page."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Concern, ErasureRequest, User
from accounts.permissions import ERASE_PERSON, RECORD_CONSENT, SET_SCHOOL_TIME, SET_THRESHOLDS
from accounts.reports.first_steps import readiness
from accounts.reports.notices import notices_for

# How long the home page tells that one's call for help was answered and closed.
ANSWER_SHOWN = dt.timedelta(days=7)


@dataclass(frozen=True)
class Panel:
    """One piece of the home page: a template and what it needs; lower `order` stands higher in its column."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    order: int = 50
    column: Literal["main", "side"] = "main"


@dataclass(frozen=True)
class Step:
    """Something that is missing, why it matters, and where to set it."""

    title: str
    reason: str
    action: str
    url: str


def panels(user: User, now: dt.datetime) -> list[Panel]:
    """Calls for help, and answers to one's own; who asks to be erased; what the school needs; news."""
    found = []
    notices = [] if user.email else notices_for(user, now=now)
    if notices:
        found.append(Panel("accounts/_message_notices.html", {"notices": notices}, order=20))
    waiting = Concern.objects.answerable_by(user).open()
    if count := waiting.count():
        found.append(Panel("accounts/_panel_concerns.html", {"count": count}, order=5))
    if answered := Concern.objects.filter(raised_by=user).answered_since(now - ANSWER_SHOWN).first():
        found.append(Panel("accounts/_panel_answered.html", {"concern": answered}, order=6))
    if user.may(ERASE_PERSON) and (count := ErasureRequest.objects.visible_to(user).open().count()):
        found.append(Panel("accounts/_panel_erasures.html", {"count": count}, order=8))
    if user.may(SET_SCHOOL_TIME) and (steps := _steps(user, now.astimezone(user.school.zone).date())):
        found.append(Panel("accounts/_panel_first_steps.html", {"steps": steps}, order=40))
    return found


def _steps(user: User, today: dt.date) -> list[Step]:
    state = readiness(user.school, today=today)
    steps = []
    if not state.has_periods:
        reason = _("Nothing can be booked before the school has periods.")
        steps.append(Step(_("Periods and their times"), reason, _("Set"), reverse("school_time")))
    if not state.has_days:
        reason = _("There are no school days from today on.")
        steps.append(Step(_("School days"), reason, _("Fill"), reverse("school_day_fill")))
    if not state.has_room_in_view:
        reason = _("One teacher and one student meet only in rooms that are in view.")
        steps.append(Step(_("A room in view"), reason, _("Choose"), reverse("room_list")))
    if not state.teachers or not state.students:
        reason = _("Teachers and students come by a file.")
        steps.append(Step(_("People of the program"), reason, _("Import"), reverse("roster_upload")))
    if not state.has_second_adult and user.may(SET_THRESHOLDS):
        reason = _("Somebody must read a call for help that is about the coordinator.")
        steps.append(Step(_("A second adult for calls for help"), reason, _("Choose"), reverse("school_settings")))
    if state.without_consent and user.may(RECORD_CONSENT):
        count = state.without_consent
        title = ngettext("%(count)s consent is missing", "%(count)s consents are missing", count) % {"count": count}
        url = f"{reverse('person_list')}?show=missing"
        steps.append(Step(title, _("Without it a student can't be booked."), _("Record"), url))
    return steps
