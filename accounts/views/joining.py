"""Coming in by an invitation: the link of the mail, and the page where the first password is chosen."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.forms.joining import NewPasswordForm
from accounts.models import SecretLink, User
from accounts.models.secret_link import hash_of
from accounts.services import Refused, holder_of, join_school, revoke_links
from accounts.trail import act_as
from accounts.views.unseen import unseen

SECRET = "join_secret"  # noqa: S105  # the name of a place in the session
TICKET_SALT = "accounts.join"
# How long after a first click a second one on the same button is taken for the same.
DOUBLE_CLICK = dt.timedelta(minutes=1)
INVITATION = SecretLink.Purpose.INVITATION


@unseen
@login_not_required
@require_safe
def join_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the secret out of the address, so that no history, log or referrer keeps it; the page says the rest."""
    request.session[SECRET] = hash_of(secret)
    return redirect("join")


@unseen
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponseBase:
    """Show who one is and what this is, and set the first password. Looking uses nothing up."""
    now = clock.now()
    link = SecretLink.objects.with_hash(request.session.get(SECRET, ""), purpose=INVITATION).standing(now).first()
    if link is None:
        return _after_a_second_click(request, now) or _page(request, "accounts/join_dead.html")
    person = holder_of(link)
    if request.user.is_authenticated and request.user.pk != person.pk:
        return _page(request, "accounts/join_other.html")
    if person.has_usable_password():
        return _to_sign_in(request, person, now)
    form = NewPasswordForm(request.POST if request.method == "POST" else None, person=person)
    if request.method == "POST" and form.is_valid():
        act_as(person)
        try:
            joined = join_school(link, password=form.cleaned_data["password1"], now=now)
        except Refused:  # two clicks in one moment: the other one was quicker
            return _after_a_second_click(request, now) or _page(request, "accounts/join_dead.html")
        return _come_in(request, joined)
    context = {"form": form, "person": person, "ticket": signing.dumps(link.pk, salt=TICKET_SALT)}
    with translation.override(_language_of(request, person)):
        return _page(request, "accounts/join.html", context)


def _page(request: HttpRequest, template: str, context: dict[str, Any] | None = None) -> HttpResponse:
    """A page that was asked for, or that came in the place of an act."""
    return render(request, template, context, status=422 if request.method == "POST" else 200)


def _language_of(request: HttpRequest, person: User) -> str:
    """What a visitor chose on this site goes first, then what the school knows of the person."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else person.language


def _to_sign_in(request: HttpRequest, person: User, now: dt.datetime) -> HttpResponse:
    """An invitation never opens an account that is in use: it leads to the sign-in, and pressing on ends the link."""
    if request.method == "POST":
        revoke_links(person, INVITATION, now=now)
    messages.info(request, _("You have a password already. Sign in with it."))
    return redirect("account_login")


def _after_a_second_click(request: HttpRequest, now: dt.datetime) -> HttpResponseBase | None:
    """The answer to a form that was sent twice: the first one used the link up, and its session is a new one.

    The form carries which link it was for; with the password that was set a moment ago one comes in like the first.
    """
    try:
        pk = signing.loads(request.POST.get("ticket", ""), salt=TICKET_SALT)
    except signing.BadSignature:
        return None
    link = SecretLink.objects.filter(pk=pk, purpose=INVITATION, used_at__gt=now - DOUBLE_CLICK).first()
    if link is None or not holder_of(link).check_password(request.POST.get("password1", "")):
        return None
    return _come_in(request, holder_of(link))


def _come_in(request: HttpRequest, person: User) -> HttpResponseBase:
    """Sign in with all of its steps, in a session of a new name, and go home."""
    request.session.pop(SECRET, None)
    record_authentication(request, person, method="password", username=person.username)
    answer: HttpResponseBase = perform_login(request, person, redirect_url=reverse("home"))
    with translation.override(person.language):
        messages.success(request, _("Welcome. Next time, sign in as %(name)s.") % {"name": person.username})
    return answer
