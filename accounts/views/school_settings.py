"""What a school chose: one page each, and the page that leads to them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.forms.school_settings import GeneralForm, LimitForm, ReminderForm
from accounts.models import School
from accounts.permissions import SEE_THRESHOLDS, SET_SCHOOL_TIME, SET_THRESHOLDS, may, role_required
from accounts.services.concern import tell_new_reader
from accounts.services.message_choice import change_reminders
from accounts.services.school_settings import change_general
from accounts.signed_in import SignedInRequest


@require_safe
@role_required(SEE_THRESHOLDS)
def school_settings(request: SignedInRequest) -> HttpResponse:
    """Where each thing is set, and what it is now."""
    school = request.user.school
    leads = ReminderForm(school=school).spoken_leads
    return render(request, "accounts/school_settings.html", {"school": school, "leads": leads})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SEE_THRESHOLDS)
def school_general(request: SignedInRequest) -> HttpResponse:
    """The name and the languages. Coordinators read them."""
    school = _school_to_set(request)
    form = GeneralForm(request.POST if request.method == "POST" else None, school=school)
    if request.method == "POST" and form.is_valid():
        change_general(name=form.cleaned_data["name"], languages=form.ordered_languages, by=request.user)
        messages.success(request, _("Saved."))
        return redirect("school_settings")
    return _page(request, "accounts/school_general.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_SCHOOL_TIME)
def school_reminders(request: SignedInRequest) -> HttpResponse:
    """When reminders go out, what people may choose, when nothing is sent, and when the daily mail comes."""
    form = ReminderForm(request.POST if request.method == "POST" else None, school=request.user.school)
    if request.method == "POST" and form.is_valid():
        change_reminders(
            leads=form.leads,
            limits=form.limits,
            quiet=form.quiet,
            digest_at=form.cleaned_data["digest_at"],
            by=request.user,
            now=clock.now(),
        )
        messages.success(request, _("Saved. What waits goes out at the new times."))
        return redirect("school_settings")
    return _page(request, "accounts/school_reminders.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SEE_THRESHOLDS)
def school_limits(request: SignedInRequest) -> HttpResponse:
    """From how many people on results are shown, and who else reads calls for help. Coordinators read it."""
    form = LimitForm(request.POST if request.method == "POST" else None, instance=_school_to_set(request))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            school = form.save()
            if school.second_adult is not None:
                tell_new_reader(school.second_adult, now=clock.now())
        messages.success(request, _("Saved."))
        return redirect("school_settings")
    return _page(request, "accounts/school_limits.html", form)


def _school_to_set(request: SignedInRequest) -> School:
    """A copy of its own: a form that fails must not change the school that the frame of the page shows.

    Raises PermissionDenied for a form of somebody who may only read.
    """
    if request.method == "POST" and not may(request.user, SET_THRESHOLDS):
        raise PermissionDenied
    return School.objects.get(pk=request.user.school_id)


def _page(request: SignedInRequest, template: str, form: GeneralForm | LimitForm | ReminderForm) -> HttpResponse:
    may_set = may(request.user, SET_THRESHOLDS)
    context = {"form": form, "may_set": may_set, "school": request.user.school}
    return render(request, template, context, status=422 if request.method == "POST" else 200)
