"""Pages of two acts that also free time: asking for help, and taking a consent back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.models import Consent, User
from accounts.permissions import ASK_FOR_HELP, STOP_TAKING_PART, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from sessions_app.forms import ConcernForm
from sessions_app.models import Booking, PlaygroundSession
from sessions_app.services import raise_concern, withdraw_take_part


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(STOP_TAKING_PART)
def consent_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """A guardian takes back the consent to take part, or the student stops: first what that ends, then the act."""
    person = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    now, error = clock.now(), ""
    is_own = person == request.user
    given_by = Consent.GivenBy.SELF if is_own or request.GET.get("of") == "self" else Consent.GivenBy.GUARDIAN
    if request.method == "POST":
        try:
            count = withdraw_take_part(person, by=request.user, now=now, given_by=given_by)
        except Refused as refused:
            error = str(refused)
        else:
            cancelled = ngettext(
                "The consent is withdrawn, and %(count)s booking is cancelled.",
                "The consent is withdrawn, and %(count)s bookings are cancelled.",
                count,
            )
            messages.success(request, cancelled % {"count": count})
            return redirect("my_consent_list") if is_own else redirect("consent_record", pk=pk)
    standing = Consent.objects.standing().filter(person=person, purpose=Consent.Purpose.TAKE_PART, given_by=given_by)
    context = {
        "person": person,
        "error": error,
        "is_own": is_own,
        "given_by": given_by.value,
        "consent": standing.select_related("text").first(),
        "booking_count": Booking.objects.filter(mentor=person, starts_at__gt=now).standing().count(),
        "duty_count": person.duties.filter(
            playground__starts_at__gt=now, playground__state=PlaygroundSession.State.PLANNED
        ).count(),
    }
    return render(request, "sessions_app/consent_withdraw.html", context, status=422 if error else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(ASK_FOR_HELP)
def concern_raise(request: SignedInRequest) -> HttpResponse:
    """ "I need help": two taps, nothing has to be written. Afterwards a kind page says what happens next."""
    # Not `POST or None`: an empty form is a full call for help.
    form = ConcernForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            raise_concern(by=request.user, now=clock.now(), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            return redirect(reverse("concern_raise") + "?sent=yes")
    readers = list(User.objects.reading_concerns_at(request.user.school).exclude(pk=request.user.pk))
    context = {"form": form, "readers": readers, "is_sent": "sent" in request.GET}
    return render(request, "sessions_app/concern_raise.html", context, status=422 if form.errors else 200)
