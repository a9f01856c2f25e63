"""The page speaks the person's language and shows times as on the school's walls."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation


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
