"""The help log: reading it, and the student's own corrections."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.permissions import LOG_HELP, READ_HELP_LOG, VERIFY_HELP, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from mentorship.forms import ChangeForm, DenyForm, HelpEntryForm
from mentorship.models import HelpEntry
from mentorship.services import discard_draft, revise_help_entry

PAGE_ROWS = 50
STATES = [HelpEntry.State.SUBMITTED, HelpEntry.State.VERIFIED, HelpEntry.State.CHANGED, HelpEntry.State.DENIED]


@require_safe
@role_required(READ_HELP_LOG)
def help_entry_list(request: SignedInRequest) -> HttpResponse:
    """The log, those that wait for a look first; `?state=` keeps one state only."""
    entries = HelpEntry.objects.visible_to(request.user)
    state = request.GET.get("state", "")
    if state in STATES:
        entries = entries.filter(state=state)
    page = Paginator(entries.for_list(), PAGE_ROWS).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "states": [(chosen.value, chosen.label) for chosen in STATES],
        "state": state if state in STATES else "",
        "can_verify": request.user.may(VERIFY_HELP),
        "waits": any(entry.is_waiting for entry in page),
    }
    return render(request, "mentorship/help_entry_list.html", context)


@require_safe
@role_required(READ_HELP_LOG)
def help_entry_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One piece of help, in words, and what the reader can do with it."""
    return show_entry(request, visible_entry(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(LOG_HELP)
def help_entry_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The student says it anew while no adult has looked at it."""
    entries = HelpEntry.objects.visible_to(request.user).filter(student=request.user)
    entry = get_object_or_404(entries.select_related("teacher").prefetch_related("tools"), pk=pk)
    form = HelpEntryForm(
        request.POST if request.method == "POST" else None,
        school=request.user.school,
        initial=HelpEntryForm.initial_of(entry),
    )
    if request.method == "POST" and form.is_valid():
        try:
            revise_help_entry(entry, **form.cleaned_data, by=request.user, now=clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. The coordinator looks at it next."))
            return redirect("help_entry_detail", entry.pk)
    elif request.method != "POST" and not entry.can_be_revised:
        messages.info(request, _("The coordinator has looked at this already, so it can't be changed any more."))
        return redirect("help_entry_detail", entry.pk)
    return render(
        request,
        "mentorship/help_entry_edit.html",
        {"entry": entry, "form": form},
        status=422 if request.method == "POST" else 200,
    )


@require_POST
@role_required(LOG_HELP)
def help_entry_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    """What was only begun goes away again."""
    entry = get_object_or_404(HelpEntry.objects.visible_to(request.user).filter(student=request.user), pk=pk)
    try:
        discard_draft(entry, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("help_entry_detail", entry.pk)
    messages.success(request, _("It is gone."))
    return redirect("home")


def visible_entry(request: SignedInRequest, pk: int) -> HelpEntry:
    """An entry that this person may read, with all that its page shows; else 404."""
    entries = HelpEntry.objects.select_related("student", "teacher", "verified_by").prefetch_related("tools")
    return get_object_or_404(entries.visible_to(request.user), pk=pk)


def show_entry(
    request: SignedInRequest,
    entry: HelpEntry,
    *,
    change_form: ChangeForm | None = None,
    deny_form: DenyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of an entry; a form that failed stands open on it."""
    context = {
        "entry": entry,
        "is_student": entry.student_id == request.user.pk,
        "is_teacher": entry.teacher_id == request.user.pk,
        "can_verify": request.user.may(VERIFY_HELP) and entry.is_waiting and entry.student_id != request.user.pk,
        "change_form": change_form or ChangeForm(initial={"minutes": entry.minutes}, prefix="change"),
        "deny_form": deny_form or DenyForm(prefix="deny"),
    }
    return render(request, "mentorship/help_entry_detail.html", context, status=status)
