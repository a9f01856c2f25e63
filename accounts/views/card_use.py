"""Signing in with a printed card: by its square, or by user name and code; then a password of one's own.

Whatever is wrong with a card, the answer is the same in text, status and time. No answer here is kept by a browser, and
none of the addresses with a secret answers anything but a redirect.
"""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core import ratelimit
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.forms.sign_in_card import CardCodeForm, CardPasswordForm
from accounts.models import SecretLink, User
from accounts.models.secret_link import hash_of
from accounts.reports.lock_out import CARD, key_of
from accounts.services import Refused
from accounts.services.sign_in_card import card_by_code, card_by_hash, use_card
from accounts.trail import act_as
from accounts.views.unseen import unseen

OPENED = "opened_card"  # where a session holds the hash of the card that was opened


@unseen
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code")
@sensitive_variables("form")
def card_open(request: HttpRequest) -> HttpResponse:
    """Type what stands on the card. Counted by name and by address, like passwords."""
    form = CardCodeForm(request.POST if request.method == "POST" else None)
    status = 422 if request.method == "POST" else 200
    is_locked = False
    if request.method == "POST" and form.is_valid():
        user_name, code = form.cleaned_data["user_name"], form.cleaned_data["code"]
        if not ratelimit.consume(request, action=CARD, key=key_of(user_name)):
            is_locked, status = True, 429
        elif card := card_by_code(user_name, code, now=clock.now()):
            request.session[OPENED] = card.secret_hash
            return redirect("card_password")
        else:
            form.add_error(None, CardCodeForm.WRONG)
    return render(request, "accounts/card_open.html", {"form": form, "is_locked": is_locked}, status=status)


@unseen
@login_not_required
@require_safe
@sensitive_variables()
def card_link(request: HttpRequest, secret: str) -> HttpResponse:
    """What the square on a card opens. The secret leaves the address bar at once."""
    request.session.pop(OPENED, None)
    if card_by_hash(hash_of(secret), now=clock.now()):
        request.session[OPENED] = hash_of(secret)
    return redirect("card_password")


@unseen
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password1", "password2")
@sensitive_variables("form")
def card_password(request: HttpRequest) -> HttpResponse:
    """Choose a password with an opened card, in the student's language; then be signed in."""
    card = card_by_hash(request.session.get(OPENED, ""), now=clock.now())
    if card is None or card.user is None:
        return render(request, "accounts/card_over.html", status=422 if request.method == "POST" else 200)
    with translation.override(card.user.language):
        request.LANGUAGE_CODE = card.user.language
        return _choose_password(request, card, card.user)


def _choose_password(request: HttpRequest, card: SecretLink, student: User) -> HttpResponse:
    form = CardPasswordForm(request.POST if request.method == "POST" else None, person=student)
    if request.method == "POST" and form.is_valid():
        act_as(student)
        try:
            student = use_card(card, password=form.cleaned_data["password1"], now=clock.now())
        except Refused:
            return redirect("card_password")
        logout(request)  # whoever sat here before
        return perform_password_login(request, {"username": student.username}, Login(user=student))
    context = {"form": form, "student": student}
    return render(request, "accounts/card_password.html", context, status=422 if request.method == "POST" else 200)
