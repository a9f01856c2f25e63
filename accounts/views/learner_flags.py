"""Learner flags: one student's, one's own, and who may read them and did."""

from __future__ import annotations

from dataclasses import asdict

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.field_key import KeyMissing
from accounts.forms.learner_flags import FlagGrantForm, LearnerFlagsForm
from accounts.models import FlagGrant, FlagRead, User, may_read_flags
from accounts.permissions import GRANT_FLAGS, READ_FLAGS, READ_OWN_FLAGS, Role, role_required
from accounts.services import Refused
from accounts.services.learner_flags import end_grant, grant_flags, own_flags, read_flags, write_flags
from accounts.signed_in import SignedInRequest

PAGE_ROWS = 50


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(READ_FLAGS)
def flags_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a student needs as a learner: each look is written down, so is each change. For granted coordinators."""
    student = get_object_or_404(User.objects.visible_to(request.user).with_role(Role.STUDENT), pk=pk)
    if not may_read_flags(request.user) or student.pk == request.user.pk:
        raise PermissionDenied
    if request.method == "POST":
        form = LearnerFlagsForm(request.POST)
        if form.is_valid():
            write_flags(student, form.flags(), by=request.user, now=clock.now())
            messages.success(request, _("Saved. That you changed it is written down."))
            return redirect("person_detail", pk=student.pk)
        return render(request, "accounts/flags_edit.html", {"form": form, "student": student}, status=422)
    try:
        flags = read_flags(student, by=request.user, now=clock.now())
    except KeyMissing:
        return render(request, "accounts/flags_edit.html", {"student": student})
    form = LearnerFlagsForm(initial=asdict(flags))
    return render(request, "accounts/flags_edit.html", {"form": form, "student": student})


@require_safe
@role_required(READ_OWN_FLAGS)
def flags_own(request: SignedInRequest) -> HttpResponse:
    """What the school noted about how this student learns."""
    try:
        context = {"flags": own_flags(request.user)}
    except KeyMissing:
        context = {}
    return render(request, "accounts/flags_own.html", context)


@require_safe
@role_required(GRANT_FLAGS)
def flag_read_list(request: SignedInRequest) -> HttpResponse:
    """Who may read learner flags, and who did: whose, and on which day."""
    return _flag_page(request, FlagGrantForm(by=request.user))


@require_POST
@role_required(GRANT_FLAGS)
def flag_grant(request: SignedInRequest) -> HttpResponse:
    """Let one coordinator read them."""
    form = FlagGrantForm(request.POST, by=request.user)
    if form.is_valid():
        try:
            grant_flags(form.cleaned_data["user"], by=request.user, now=clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            sentence = _("%(name)s may read learner flags now. Each look will stand below.")
            messages.success(request, sentence % {"name": form.cleaned_data["user"].full_name})
            return redirect("flag_read_list")
    return _flag_page(request, form, status=422)


@require_POST
@role_required(GRANT_FLAGS)
def flag_grant_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the right back."""
    grant = get_object_or_404(FlagGrant.objects.visible_to(request.user).select_related("user"), pk=pk)
    end_grant(grant, by=request.user, now=clock.now())
    messages.success(request, _("%(name)s can't read learner flags any more.") % {"name": grant.user.full_name})
    return redirect("flag_read_list")


def _flag_page(request: SignedInRequest, form: FlagGrantForm, status: int = 200) -> HttpResponse:
    grants = FlagGrant.objects.visible_to(request.user).standing().select_related("user")
    reads = FlagRead.objects.visible_to(request.user).with_people()
    context = {
        "form": form,
        "grants": grants,
        "page": Paginator(reads, PAGE_ROWS).get_page(request.GET.get("page")),
    }
    return render(request, "accounts/flag_read_list.html", context, status=status)
