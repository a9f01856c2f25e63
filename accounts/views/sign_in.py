"""The school's rules of signing in, and what an admin does for somebody who can't."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.forms.sign_in import SecondFactorRuleForm
from accounts.models import User
from accounts.permissions import MANAGE_PEOPLE, SEE_THRESHOLDS, SET_THRESHOLDS, may, role_required
from accounts.reports.sign_in import has_second_factor, second_factor_lines
from accounts.services import Refused
from accounts.services.sign_in import require_second_factor, reset_second_factor
from accounts.signed_in import SignedInRequest


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SEE_THRESHOLDS)
def sign_in_settings(request: SignedInRequest) -> HttpResponse:
    """Whether coordinators and admins need a second factor, and who has one. Admins set it, coordinators read it."""
    school = request.user.school
    is_mine = has_second_factor(request.user)
    may_set = may(request.user, SET_THRESHOLDS)
    if request.method == "POST" and not may_set:
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None  # nothing ticked is an answer too
    form = SecondFactorRuleForm(posted, is_on=school.requires_second_factor, has_own=is_mine)
    if request.method == "POST" and form.is_valid():
        require_second_factor(is_on=form.cleaned_data["is_on"], by=request.user)
        messages.success(request, _("Saved."))
        return redirect("sign_in_settings")
    context = {
        "form": form if may_set else None,
        "school": school,
        "is_mine": is_mine,
        "people": second_factor_lines(school),
        "may_reset": may(request.user, MANAGE_PEOPLE),
    }
    return render(request, "accounts/sign_in_settings.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGE_PEOPLE)
def second_factor_reset(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take the second factor from somebody who lost it: first what that means, then the act."""
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    if request.method == "POST":
        try:
            reset_second_factor(person, by=request.user, now=clock.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            sentence = _("The second step of %(name)s is reset. The person was told, and is signed out everywhere.")
            messages.success(request, sentence % {"name": person.full_name})
        return redirect("sign_in_settings")
    return render(request, "accounts/second_factor_reset.html", {"person": person})
