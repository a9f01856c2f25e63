"""Pages of acts on people that also free time: hats, the next coordinator, the end of an account, who leaves."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.models import User
from accounts.permissions import MANAGE_PEOPLE, SEE_PEOPLE, Role, role_required
from accounts.services import Refused
from accounts.services.account import keep_person, take_account_back
from accounts.signed_in import SignedInRequest
from sessions_app.forms.people import CoordinatorForm, EndForm, LeavingForm, RolesForm, adults_of
from sessions_app.reports.leaving import with_what_hangs
from sessions_app.services import ChargeClash, change_roles, close_account, close_plain_account, name_coordinator

PAGE_ROWS = 50


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGE_PEOPLE)
def person_roles(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give and take hats, and say first what ends with each."""
    now = clock.now()
    people = User.objects.visible_to(request.user).known().active()
    person = get_object_or_404(with_what_hangs(people, now=now), pk=pk)
    form = RolesForm(request.POST if request.method == "POST" else None, initial={"roles": person.roles})
    if request.method == "POST" and form.is_valid():
        try:
            count = change_roles(person, form.cleaned_data["roles"], by=request.user, now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The roles are saved.") + _and_bookings(count))
            return redirect("person_detail", pk=pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "sessions_app/person_roles.html", {"form": form, "person": person}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGE_PEOPLE)
def person_end(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what ends with an account, and end it; one that has ended can be taken back here."""
    now = clock.now()
    people = User.objects.visible_to(request.user).known()
    person = get_object_or_404(with_what_hangs(people, now=now), pk=pk)
    form = EndForm(request.POST if request.method == "POST" else None, person=person)
    clashes = []
    if request.method == "POST" and form.is_valid():
        try:
            count = close_account(person, in_charge=form.cleaned_data["in_charge"], by=request.user, now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            clashes = refusal.clashes if isinstance(refusal, ChargeClash) else []
        else:
            sentence = _("The account of %(name)s has ended.") % {"name": person.full_name}
            messages.success(request, sentence + _and_bookings(count))
            return redirect("person_detail", pk=pk)
    coordinators = adults_of(request.user).with_role(Role.COORDINATOR)
    context = {
        "form": form,
        "person": person,
        "clashes": clashes,
        "is_last_coordinator": [person] == list(coordinators[:2]),
        "is_second_adult": request.user.school.second_adult_id == person.pk,
    }
    return render(request, "sessions_app/person_end.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@role_required(MANAGE_PEOPLE)
def person_take_back(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody whose account ended is back."""
    person = get_object_or_404(User.objects.visible_to(request.user).known(), pk=pk)
    try:
        take_account_back(person, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        sentence = _("%(name)s can sign in again. What was cancelled stays cancelled.")
        messages.success(request, sentence % {"name": person.full_name})
    return redirect("person_detail", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGE_PEOPLE)
def coordinator_name(request: SignedInRequest) -> HttpResponse:
    """Name the next coordinator; the page says before what passes on, and what does not."""
    now = clock.now()
    form = CoordinatorForm(request.POST if request.method == "POST" else None, by=request.user)
    clashes = []
    if request.method == "POST" and form.is_valid():
        try:
            count = name_coordinator(**form.cleaned_data, by=request.user, now=now)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            clashes = refusal.clashes if isinstance(refusal, ChargeClash) else []
        else:
            _say_what_passed(request, form.cleaned_data["successor"], count)
            return _after_the_coordinator(request, form.cleaned_data["leaving"])
    coordinators = with_what_hangs(adults_of(request.user).with_role(Role.COORDINATOR), now=now)
    context = {"form": form, "coordinators": coordinators, "clashes": clashes}
    status = 422 if request.method == "POST" else 200
    return render(request, "sessions_app/coordinator_name.html", context, status=status)


@require_safe
@role_required(SEE_PEOPLE)
def leaving_list(request: SignedInRequest) -> HttpResponse:
    """Whom the roster no longer names, and what hangs on each; an admin decides here, a coordinator reads."""
    people = with_what_hangs(User.objects.visible_to(request.user).missing(), now=clock.now())
    page = Paginator(people, PAGE_ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "can_decide": request.user.may(MANAGE_PEOPLE)}
    return render(request, "sessions_app/leaving_list.html", context)


@require_POST
@role_required(MANAGE_PEOPLE)
def leaving_decide(request: SignedInRequest) -> HttpResponse:
    """Keep the ticked people, or end their accounts; one whose account can't end this way stops none of the others."""
    form = LeavingForm(request.POST, missing=User.objects.visible_to(request.user).missing())
    if not form.is_valid():
        messages.error(request, _("Tick somebody first."))
        return redirect("leaving_list")
    done = 0
    for person in form.cleaned_data["people"]:
        try:
            if form.cleaned_data["decision"] == LeavingForm.KEEP:
                keep_person(person, by=request.user)
            else:
                close_plain_account(person, by=request.user, now=clock.now())
        except Refused as refusal:
            sentence = _("%(name)s: %(reason)s")
            messages.warning(request, sentence % {"name": person.full_name, "reason": refusal})
        else:
            done += 1
    kept = ngettext("%(count)s person stays.", "%(count)s people stay.", done)
    ended = ngettext("%(count)s account has ended.", "%(count)s accounts have ended.", done)
    if done:
        sentence = kept if form.cleaned_data["decision"] == LeavingForm.KEEP else ended
        messages.success(request, sentence % {"count": done})
    return redirect("leaving_list")


def _and_bookings(count: int) -> str:
    """What a change cost in bookings, as one more sentence; nothing where it cost none."""
    if not count:
        return ""
    cancelled = ngettext("%(count)s booking is cancelled.", "%(count)s bookings are cancelled.", count)
    return " " + cancelled % {"count": count}


def _after_the_coordinator(request: SignedInRequest, leaving: User | None) -> HttpResponse:
    """Back to the list; but to the end of her account, which the admin decides, if she has no role any more."""
    if leaving is None or User.objects.exclude(roles=[]).filter(pk=leaving.pk).exists():
        return redirect("person_list")
    sentence = _("%(name)s has no role any more. End the account here, or give another role.")
    messages.warning(request, sentence % {"name": leaving.full_name})
    return redirect("person_end", pk=leaving.pk)


def _say_what_passed(request: SignedInRequest, successor: User, count: int) -> None:
    named = _("%(name)s is coordinator now.") % {"name": successor.full_name}
    if count:
        passed = ngettext("%(count)s playground passed on.", "%(count)s playgrounds passed on.", count)
        named += " " + passed % {"count": count}
    messages.success(request, named)
    request.user.school.refresh_from_db(fields=["second_adult"])
    if request.user.school.second_adult_id == successor.pk:
        messages.warning(
            request, _("%(name)s is the second adult too. Choose somebody else.") % {"name": successor.full_name}
        )
