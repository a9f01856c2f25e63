"""The page speaks the person's language and shows times as on the school's walls; a visit does not last for ever."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django_htmx.http import HttpResponseClientRedirect

from accounts.reports.sign_in import lacks_required_factor
from accounts.trail import tell_page, writing

# What a coordinator or admin reaches before the second factor that the school asks for is set up.
WITHOUT_SECOND_FACTOR = {
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "account_reauthenticate",
    "account_change_password",
    "account_logout",
    "reading_edit",
    "concern_raise",
}

READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class PersonMiddleware:
    """Stands after sign-in and after Django's LocaleMiddleware, which serves people who are not signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Activate language and time zone for this request only; a thread serves many people."""
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        with translation.override(user.language), timezone.override(user.school.zone):
            request.LANGUAGE_CODE = translation.get_language()
            return self.get_response(request)


class SignInFirstMiddleware(LoginRequiredMiddleware):
    """Closed by default. Who sends a form after the visit ended comes back to the page on which the form stood: the
    address that it is sent to may not take a GET."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]) -> Any:
        """To the sign-in page, and from there back to where somebody was."""
        page = urlsplit(request.META.get("HTTP_REFERER", ""))
        if request.method in READING or page.netloc != request.get_host():
            return super().handle_no_permission(request, view_func)
        return redirect_to_login(urlunsplit(("", "", page.path, page.query, "")) or "/")


class SessionAgeMiddleware:
    """Ends a visit that rests, or lasts, longer than its hat allows (settings.SESSION_HOURS). Stands after sign-in.

    Counted by the machine's clock, as Django counts sessions: the school's clock, which a demo winds, is another.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Sign out and ask again when it is time; else note, at most every few minutes, that somebody was here."""
        if not request.user.is_authenticated:
            return self.get_response(request)
        now = int(time.time())
        began, seen = request.session.get("visit", (0, 0))  # a session from before there were limits is over
        rest, whole = hours_of(request.user.roles)
        if now - seen > rest * 3600 or now - began > whole * 3600:
            logout(request)
            # After a form was sent, the page that holds the form: its address may not take a GET.
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        if now - seen >= settings.SESSION_SEEN_SECONDS:
            request.session["visit"] = (began, now)
        return self.get_response(request)


def begin_visit(request: HttpRequest, **_signal: Any) -> None:
    """Note when a visit began, by whatever door somebody came in."""
    now = int(time.time())
    request.session["visit"] = (now, now)


def hours_of(roles: list[str]) -> tuple[float, float]:
    """How many hours a visit may rest, and last, for somebody with these hats: the shortest of them."""
    limits = [settings.SESSION_HOURS[role] for role in roles] or [min(settings.SESSION_HOURS.values())]
    return min(rest for rest, _whole in limits), min(whole for _rest, whole in limits)


class TrailMiddleware:
    """Stands after sign-in. What a request writes that is more than a look at a page carries its maker and its page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Open the trail's context for this request."""
        if request.method in READING:
            return self.get_response(request)
        with writing("", user=request.user if request.user.is_authenticated else None):
            return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """Only here it is known which page it is."""
        if request.method not in READING:
            tell_page(request)


class SecondFactorMiddleware:
    """Where a school asks for a second factor, a coordinator or admin without one gets only as far as setting it up.

    It looks at the page that was asked for, whatever asks and however somebody signed in. Stands after sign-in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on; `process_view` decides, when the name of the page is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Lead to the set-up page; what is open to strangers stays open."""
        page = request.resolver_match.url_name if request.resolver_match else ""
        is_open = page in WITHOUT_SECOND_FACTOR or not getattr(view, "login_required", True)
        if is_open or not request.user.is_authenticated or not lacks_required_factor(request.user):
            return None
        address = reverse("mfa_index")
        if request.headers.get("HX-Request"):  # a fragment: the whole page has to go there
            return HttpResponseClientRedirect(address)
        return redirect(address)


class NotKeptMiddleware:
    """No page of somebody who is signed in is kept by a browser or a proxy: Back after signing out shows nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Static files never come here: WhiteNoise answers them first."""
        is_signed_in = request.user.is_authenticated  # asked before, since signing out is a page too
        response = self.get_response(request)
        if is_signed_in or request.user.is_authenticated:
            response.headers["Cache-Control"] = "private, no-store"
        return response
