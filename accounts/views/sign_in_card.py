"""Printing sign-in cards, and opening a sign-in that too many wrong passwords closed."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from accounts import clock
from accounts.forms.sign_in_card import CardFilterForm, CardPrintForm
from accounts.models import User
from accounts.paper import make_pdf
from accounts.permissions import CLEAR_LOCK_OUT, PRINT_CARDS, role_required
from accounts.reports.lock_out import may_clear_lock_out
from accounts.reports.sign_in_card import sheet_of, who_needs_a_card, with_card_state
from accounts.services.lock_out import clear_lock_out
from accounts.services.sign_in_card import print_cards
from accounts.signed_in import SignedInRequest
from accounts.views.unseen import unseen


@require_safe
@role_required(PRINT_CARDS)
def card_list(request: SignedInRequest) -> HttpResponse:
    """Students with the state of their cards; those who need one are ticked."""
    return _show(request, CardFilterForm(request.GET, reader=request.user), CardPrintForm(reader=request.user))


@unseen
@require_POST
@role_required(PRINT_CARDS)
@sensitive_variables()
def card_print(request: SignedInRequest) -> HttpResponse:
    """Make new cards for the ticked students and answer them as PDF. The codes are in this answer and nowhere else."""
    choice = CardFilterForm(request.POST, reader=request.user)
    form = CardPrintForm(request.POST, reader=request.user)
    if not (form.is_valid() and choice.is_valid()):
        return _show(request, choice, form, status=422)
    title, size = _("Sign-in cards"), form.cleaned_data["size"]
    with transaction.atomic():  # cards that could not be printed must not end those in the students' hands
        cards = print_cards(form.cleaned_data["student"], by=request.user, now=clock.now())
        sheet = sheet_of(cards, title=f"{title}: {choice.title}" if choice.title else title, size=size)
        pdf = make_pdf("cards", sheet, language=get_language() or "en")
    headers = {"Content-Disposition": 'inline; filename="sign-in-cards.pdf"'}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _show(request: SignedInRequest, choice: CardFilterForm, form: CardPrintForm, status: int = 200) -> HttpResponse:
    """The list of a choice. After a refusal the ticks are those that were sent."""
    if not choice.is_valid():  # a class or a grade that is no more
        choice = CardFilterForm({}, reader=request.user)
        choice.is_valid()
    one = choice.person_asked_for
    which = who_needs_a_card if choice.is_only_who_needs_one else with_card_state
    context = {
        "choice": choice,
        "form": form,
        "students": which(choice.chosen(), now=clock.now()),
        "is_filtered": not choice.is_only_who_needs_one,
        "ticked": request.POST.getlist("student") if form.is_bound else [str(one)] if one else None,
    }
    return render(request, "accounts/card_list.html", context, status=status)


@require_POST
@role_required(CLEAR_LOCK_OUT)
def lock_out_clear(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let somebody try again who typed too many wrong passwords."""
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    if not may_clear_lock_out(request.user, person):
        raise PermissionDenied
    clear_lock_out(person, by=request.user)
    messages.success(request, _("%(name)s can sign in again.") % {"name": person.full_name})
    return redirect("person_detail", person.pk)
