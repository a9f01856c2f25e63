"""The people of a school: the list, and one by one."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.forms.people import PersonFilterForm
from accounts.forms.person import NewPersonForm, ParticularsForm, particulars_of
from accounts.models import User
from accounts.models.learner_flags import may_read_flags
from accounts.models.user import INVITATION_LASTS
from accounts.permissions import INVITE_PEOPLE, MANAGE_PEOPLE, RECORD_CONSENT, SEE_PEOPLE, Role, role_required
from accounts.reports.lock_out import lock_out_of
from accounts.reports.people import waiting_to_come_in
from accounts.services import Particulars, Refused, add_person, change_person, invitation, roles_offered
from accounts.signed_in import SignedInRequest

PAGE_ROWS = 50


@require_safe
@role_required(SEE_PEOPLE)
def person_list(request: SignedInRequest) -> HttpResponse:
    """Everybody of the school with role, grade and state; found by name, role or what is missing."""
    form = PersonFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    people = User.objects.visible_to(request.user).known().named_like(chosen.get("q", "")).with_consent_state()
    show = chosen.get("show", "")
    if show == PersonFilterForm.MISSING:
        people = people.active().with_role(Role.STUDENT).filter(has_consent=False)
    elif show == PersonFilterForm.NEVER_IN:
        people = people.never_in()
    elif show:
        people = people.with_role(show)
    now = clock.now()
    context = {
        "form": form,
        "page": Paginator(people, PAGE_ROWS).get_page(request.GET.get("page")),
        "is_filtered": bool(chosen.get("q") or show),
        "can_record": request.user.may(RECORD_CONSENT),
        "can_manage": request.user.may(MANAGE_PEOPLE),
        "waiting": waiting_to_come_in(request.user, now=now),
    }
    return render(request, "accounts/person_list.html", context)


@require_safe
@role_required(SEE_PEOPLE)
def person_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """One person: roles, state, consent, and what the reader may do about them."""
    people = User.objects.visible_to(request.user).known().with_consent_state().with_invitation()
    person = get_object_or_404(people, pk=pk)
    context = {
        "person": person,
        "can_record": request.user.may(RECORD_CONSENT),
        "can_manage": request.user.may(MANAGE_PEOPLE),
        "can_read_flags": may_read_flags(request.user),
        "may_sign_out": invitation.may_invite(request.user, person),
        "lock_out": lock_out_of(person, reader=request.user),
        "can_invite": not invitation.why_not_invited(person, by=request.user),
        "has_expired": bool(person.invited_at and person.invited_at + INVITATION_LASTS <= clock.now()),
    }
    return render(request, "accounts/person_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(INVITE_PEOPLE)
def person_create(request: SignedInRequest) -> HttpResponse:
    """Add somebody by hand: a coordinator teachers and students, an admin everybody."""
    form = NewPersonForm(
        request.POST if request.method == "POST" else None,
        school=request.user.school,
        roles_offered=roles_offered(request.user),
    )
    if request.method == "POST" and form.is_valid():
        roles, is_invited = form.cleaned_data["roles"], form.cleaned_data["is_invited"]
        try:
            person = add_person(
                Particulars(**form.particulars), roles=roles, is_invited=is_invited, by=request.user, now=clock.now()
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(name)s is added.") % {"name": person.full_name})
            return redirect("person_detail", pk=person.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/person_create.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(MANAGE_PEOPLE)
def person_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a name, an address, a language. The old address is told of a new one."""
    person = get_object_or_404(User.objects.visible_to(request.user).known(), pk=pk)
    form = ParticularsForm(request.POST if request.method == "POST" else None, initial=particulars_of(person))
    if request.method == "POST" and form.is_valid():
        try:
            change_person(person, Particulars(**form.particulars), by=request.user, now=clock.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("person_detail", pk=person.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/person_edit.html", {"form": form, "person": person}, status=status)


@require_POST
@role_required(INVITE_PEOPLE)
def person_invite(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send one person the link of an invitation; an older link dies."""
    person = get_object_or_404(User.objects.visible_to(request.user).known(), pk=pk)
    try:
        invitation.invite(person, by=request.user, now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": person.email})
    return redirect("person_detail", pk=person.pk)


@require_POST
@role_required(INVITE_PEOPLE)
def invite_many(request: SignedInRequest) -> HttpResponse:
    """Invite everybody who has an address, never came in and has no invitation that still works."""
    now = clock.now()
    people = User.objects.visible_to(request.user).to_invite(request.user, now=now)
    count = invitation.invite_many(people, by=request.user, now=now)
    sentence = ngettext("%(count)s invitation is on its way.", "%(count)s invitations are on their way.", count)
    messages.success(request, sentence % {"count": count})
    return redirect("person_list")
