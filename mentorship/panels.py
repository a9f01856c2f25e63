"""What mentorship has to say on somebody's home page."""

import datetime as dt

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.panels import Need, Panel, Step
from accounts.permissions import LOG_HELP, RUN_PROGRAM, VERIFY_HELP, Role
from mentorship.forms import HelpEntryForm
from mentorship.models import HelpEntry, Program
from mentorship.reports import help_given, waiting_help

AT_ONCE = 50  # as many as a page of the log shows


def panels(user: User, now: dt.datetime) -> list[Panel]:
    """Coordinator: logs to verify. Student: help begun and not sent, and given so far. Teacher: her latest log."""
    found = []
    if user.may(VERIFY_HELP):
        waiting = waiting_help(user, at_most=AT_ONCE)
        if waiting.count:
            context = {"waiting": waiting, "can_verify_all": waiting.count <= AT_ONCE}
            needs = (Need("unverified", waiting.count, f"{reverse('help_entry_list')}?state=submitted"),)
            found.append(Panel("mentorship/_panel_verify.html", context, order=30, needs=needs))
    if user.may(LOG_HELP):
        drafts = HelpEntry.objects.filter(student=user, state=HelpEntry.State.DRAFT).select_related("teacher")
        if draft := drafts.prefetch_related("tools").order_by("pk").first():
            form = HelpEntryForm(school=user.school, initial=HelpEntryForm.initial_of(draft), auto_id="draft_%s")
            found.append(Panel("mentorship/_panel_draft.html", {"entry": draft, "form": form}, order=15))
        given = help_given(user)
        if given.minutes:
            found.append(Panel("mentorship/_panel_given.html", {"given": given}, order=60))
    if user.has_role(Role.TEACHER):
        about_her = HelpEntry.objects.visible_to(user).filter(teacher=user).select_related("student")
        if entry := about_her.prefetch_related("tools").first():
            found.append(Panel("mentorship/_panel_received.html", {"entry": entry}, order=60, column="side"))
    return found


def first_steps(user: User, now: dt.datetime) -> list[Step]:
    """The last step of a school's first week, for who runs the program: it has begun, or is about to. One query."""
    if not user.may(RUN_PROGRAM):
        return []
    today = now.astimezone(user.school.zone).date()
    has_program = Program.objects.visible_to(user).not_over_on(today).exists()
    reason = _("Bookings, pairs and playgrounds belong to a program.")
    return [Step(_("A program"), reason, _("Begin"), reverse("program_create"), has_program)]
