"""One's own calendar in a calendar program: the page that makes and ends its address, and what the address answers."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import clock
from accounts.models import SecretLink
from accounts.permissions import SEE_CALENDAR, role_required
from accounts.services.calendar_feed import PURPOSE, end_feed, make_feed
from accounts.signed_in import SignedInRequest
from sessions_app.reports.feed import feed_of

# Calendar programs ask every few minutes at the most.
KEPT_SECONDS = 5 * 60


@require_safe
@role_required(SEE_CALENDAR)
def feed_page(request: SignedInRequest) -> HttpResponse:
    """Say whether there is an address, since when and until when; the address itself is shown once, when it is made."""
    return _page(request)


@require_POST
@role_required(SEE_CALENDAR)
def feed_make(request: SignedInRequest) -> HttpResponse:
    """Make a new address and show it, now and never again; an earlier one no longer works."""
    secret = make_feed(by=request.user, now=clock.now())
    return _page(request, settings.SITE_URL + reverse("feed", args=[secret]))


@require_POST
@role_required(SEE_CALENDAR)
def feed_end(request: SignedInRequest) -> HttpResponse:
    """End the address."""
    if end_feed(by=request.user, now=clock.now()):
        messages.success(request, _("The address no longer works."))
    return redirect("feed_page")


@login_not_required
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponseBase:
    """The calendar behind a secret address. One that was never made, was ended or replaced, or whose owner has left, is
    the same as no page."""
    now = clock.now()
    link = SecretLink.objects.with_secret(secret, purpose=PURPOSE).standing(now).select_related("user__school").first()
    if link is None or link.user is None or not link.user.may(SEE_CALENDAR):
        raise Http404
    text = feed_of(link.user, made_at=link.created_at, now=now)
    etag = f'"{hashlib.sha256(text.encode()).hexdigest()}"'
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    response["Content-Disposition"] = 'inline; filename="flipside.ics"'
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return get_conditional_response(request, etag=etag, response=response) or response


def _page(request: SignedInRequest, address: str = "") -> HttpResponse:
    link = SecretLink.objects.filter(user=request.user, purpose=PURPOSE).standing(clock.now()).first()
    return render(request, "sessions_app/feed_page.html", {"link": link, "address": address})
