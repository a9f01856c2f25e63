"""The reading panel: a page of its own, and the inside of the panel that opens in place."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, override
from django.views.decorators.http import require_http_methods

from accounts.context_processors import READING_COOKIE, READING_SALT, reading_of
from accounts.forms.reading import ReadingForm

YEAR_SECONDS = 365 * 24 * 60 * 60


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def reading_edit(request: HttpRequest) -> HttpResponse:
    """Show how this person reads, and keep what is chosen: with the person, or for a visitor in a signed cookie.

    `next` is the page to go back to; only a path of this site is followed. Asked by the panel (htmx), the answer is
    the form alone; a change of language then reloads the page, since every word on it changes.
    """
    before = get_language() or settings.LANGUAGE_CODE
    following = local_path(request)
    form = ReadingForm(request.POST or None, reading=reading_of(request), language=before)
    context = {"form": form, "next": following}
    in_panel = request.headers.get("HX-Request") == "true"
    template = "account/_reading.html" if in_panel else "account/reading.html"
    if request.method != "POST":
        return render(request, template, context)
    if not form.is_valid():
        return render(request, template, context, status=422)

    language = form.cleaned_data["language"]
    if request.user.is_authenticated:
        request.user.reading = form.chosen()
        request.user.language = language
        request.user.save(update_fields=["reading", "language"])
    response: HttpResponse
    if in_panel:
        with override(language):
            response = render(request, "account/_reading_saved.html")
        if language != before:
            response["HX-Redirect"] = following
    else:
        response = HttpResponseRedirect(following)
    secure = settings.SESSION_COOKIE_SECURE
    if not request.user.is_authenticated:
        value = signing.dumps(form.chosen(), salt=READING_SALT)
        response.set_cookie(READING_COOKIE, value, max_age=YEAR_SECONDS, secure=secure, httponly=True, samesite="Lax")
    # For the rest of this visit, so that the sign-in page after signing out speaks the same language.
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, secure=secure, httponly=True, samesite="Lax")
    return response


def local_path(request: HttpRequest) -> str:
    """Where to go back to: the `next` of the form or the address if it is a path of this site, else the home page."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return iri_to_uri(asked)  # a browser drops a tab or a line's end, and would then read another site's name
    return reverse("home")
