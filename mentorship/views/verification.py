"""What the coordinator says to entries of the help log."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import clock
from accounts.permissions import VERIFY_HELP, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from mentorship.forms import ChangeForm, DenyForm, VerifyManyForm
from mentorship.services import change_help_entry, deny_help_entry, verify_help_entry, verify_many
from mentorship.views.help_entry import show_entry, visible_entry


@require_POST
@role_required(VERIFY_HELP)
def help_entry_verify(request: SignedInRequest, pk: int) -> HttpResponse:
    """Accept one entry as it is."""
    entry = visible_entry(request, pk)
    try:
        verify_help_entry(entry, by=request.user, now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("help_entry_detail", entry.pk)
    messages.success(request, _("Verified."))
    return redirect("help_entry_list")


@require_POST
@role_required(VERIFY_HELP)
def help_entry_verify_many(request: SignedInRequest) -> HttpResponse:
    """Accept the ticked entries (`entry`, their ids) as they are."""
    form = VerifyManyForm(request.POST, user=request.user)
    if not form.is_valid():
        raise Http404
    entries = list(form.cleaned_data["entry"])
    try:
        count = verify_many(entries, by=request.user, now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("help_entry_list")
    if not entries:
        messages.info(request, _("Nothing was ticked."))
    elif count:
        said = ngettext("%(count)d log is verified.", "%(count)d logs are verified.", count) % {"count": count}
        messages.success(request, said)
    else:
        messages.info(request, _("Somebody had looked at these already."))
    return redirect("help_entry_list")


@require_POST
@role_required(VERIFY_HELP)
def help_entry_change(request: SignedInRequest, pk: int) -> HttpResponse:
    """Accept one entry with other minutes."""
    entry = visible_entry(request, pk)
    form = ChangeForm(request.POST, prefix="change")
    if form.is_valid():
        try:
            change_help_entry(entry, **form.cleaned_data, by=request.user, now=clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Verified with your change."))
            return redirect("help_entry_list")
    return show_entry(request, entry, change_form=form, status=422)


@require_POST
@role_required(VERIFY_HELP)
def help_entry_deny(request: SignedInRequest, pk: int) -> HttpResponse:
    """Do not accept one entry, and say why."""
    entry = visible_entry(request, pk)
    form = DenyForm(request.POST, prefix="deny")
    if form.is_valid():
        try:
            deny_help_entry(entry, **form.cleaned_data, by=request.user, now=clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Not accepted. The student and the teacher see why."))
            return redirect("help_entry_list")
    return show_entry(request, entry, deny_form=form, status=422)
