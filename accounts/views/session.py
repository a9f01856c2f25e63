"""Signing out elsewhere."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import CLEAR_LOCK_OUT, OWN_DATA, role_required
from accounts.services import Refused
from accounts.services.session import end_sessions
from accounts.signed_in import SignedInRequest


@require_POST
@role_required(OWN_DATA)
def my_sessions_end(request: SignedInRequest) -> HttpResponse:
    """Sign out on every other device; this one stays."""
    update_session_auth_hash(request, end_sessions(request.user, by=request.user))
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("account_change_password")


@require_POST
@role_required(CLEAR_LOCK_OUT)
def person_sessions_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sign somebody out everywhere: a lost phone, a shared computer."""
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    try:
        end_sessions(person, by=request.user)
        messages.success(request, _("%(name)s is signed out everywhere.") % {"name": person.short_name})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("person_detail", pk=person.pk)
