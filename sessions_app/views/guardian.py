"""The page of a guardian who came by the link of a mail: read, answer, sign. A no may free time."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.forms.guardian import GuardianAnswerForm
from accounts.models import Consent, ConsentText, Guardian, SecretLink
from accounts.models.secret_link import hash_of
from accounts.reports.consent_text import texts_for
from accounts.services import Refused
from accounts.views.unseen import unseen
from sessions_app.services import answer_by_link

SECRET, DONE = "guardian_secret", "guardian_done"  # places in the session
PURPOSE = SecretLink.Purpose.GUARDIAN_CONSENT


@unseen
@login_not_required
@require_safe
def guardian_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the secret out of the address, so that no history, log or referrer keeps it; the page says the rest."""
    request.session[SECRET] = hash_of(secret)
    request.session.pop(DONE, None)
    return redirect("guardian_consent")


@unseen
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def guardian_consent(request: HttpRequest) -> HttpResponse:
    """Each text with yes and no, and a name. Of the student only the first name is shown. Looking uses nothing up."""
    now = clock.now()
    links = SecretLink.objects.with_hash(request.session.get(SECRET, ""), purpose=PURPOSE)
    link = links.select_related("guardian__student__school").first()
    if link is None or link.guardian is None:
        return _page(request, "sessions_app/guardian_dead.html")
    guardian = link.guardian
    with translation.override(_language_of(request, guardian)):
        if request.session.get(DONE) == link.pk:
            return render(request, "sessions_app/guardian_thanks.html", {"guardian": guardian})
        is_own_student = request.user.is_authenticated and request.user.pk == guardian.student_id
        if is_own_student or not links.standing(now).exists():
            return _page(request, "sessions_app/guardian_dead.html")
        texts = texts_for(link.school_id, ConsentText.Reader.GUARDIAN, guardian.language)
        given = guardian.student.consents.standing().filter(given_by=Consent.GivenBy.GUARDIAN)
        standing = set(given.values_list("purpose", flat=True))
        form = GuardianAnswerForm(request.POST if request.method == "POST" else None, texts=texts, standing=standing)
        if request.method == "POST" and texts and form.is_valid():
            try:
                answer_by_link(link, answers=form.answers, signature=form.cleaned_data["signature"], now=now)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                request.session[DONE] = link.pk
                return redirect("guardian_consent")
        return _page(request, "sessions_app/guardian_consent.html", {"form": form, "guardian": guardian})


def _page(request: HttpRequest, template: str, context: dict[str, Any] | None = None) -> HttpResponse:
    """A page that was asked for, or that came in the place of an act."""
    return render(request, template, context, status=422 if request.method == "POST" else 200)


def _language_of(request: HttpRequest, guardian: Guardian) -> str:
    """What a visitor chose on this site goes first, then what the school knows of the guardian."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else guardian.language
