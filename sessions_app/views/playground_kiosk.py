"""A shared tablet by the door of a playground: people check in, a projector shows what is where, and nothing else.

The tablet is signed out. Its session knows one playground, by the hand of who opened it, until that is over.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.permissions import SEE_CALENDAR, role_required
from accounts.reports.sign_in_card import drawing_of
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from accounts.views.unseen import unseen
from sessions_app.models import PlaygroundSession
from sessions_app.reports.playground_code import code_of
from sessions_app.services import TooManyWrongPins, check_in, may_open_kiosk
from sessions_app.services.playground_waitlist import free_places
from sessions_app.views.asked import wants_json
from sessions_app.views.playground import visible_playground

KIOSK = "kiosk"  # a place in the session
BOARD_SECONDS = 20


@require_POST
@role_required(SEE_CALENDAR)
def playground_kiosk(request: SignedInRequest, pk: int) -> HttpResponse:
    """Sign this browser out and bind it to the playground, until it is over."""
    playground = visible_playground(request, pk)
    if not may_open_kiosk(playground, request.user):
        raise PermissionDenied
    logout(request)
    request.session[KIOSK] = playground.pk
    return redirect("kiosk")


@unseen
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def kiosk(request: HttpRequest) -> HttpResponse:
    """One field. The answer greets by the first name; a script asks for it as JSON, to wait where the network drops."""
    playground = _playground_of(request)
    said, status = "", 200
    with timezone.override(playground.program.school.zone):
        if request.method == "POST":
            said, status = _check_in(request, playground)
            if wants_json(request):
                return JsonResponse({"said": said}, status=status)
        context = {"playground": playground, "said": said, "is_in": status == 200}
        return render(request, "sessions_app/kiosk.html", context, status=status)


@unseen
@login_not_required
@require_safe
def kiosk_square(request: HttpRequest) -> HttpResponse:
    """The square beside the field, as a drawing: whoever reads it with the own phone checks in there."""
    playground = _playground_of(request)
    link = reverse("check_in_link", args=[playground.pk, code_of(playground.pk, clock.now())])
    return HttpResponse(drawing_of(settings.SITE_URL + link), content_type="image/svg+xml")


@unseen
@login_not_required
@require_safe
def kiosk_board(request: HttpRequest) -> HttpResponse:
    """For a projector: stations with tools and the mentors' first names, and free places. It asks again by itself."""
    playground = _playground_of(request)
    duties = list(playground.duties.select_related("person").order_by("person__given_name", "pk"))
    stations = [
        (station.tool, [duty.person.given_name for duty in duties if duty.station_id == station.pk])
        for station in playground.stations.select_related("tool")
    ]
    context = {
        "playground": playground,
        "stations": stations,
        "elsewhere": [duty.person.given_name for duty in duties if duty.station_id is None],
        "places_left": max(0, free_places(playground, by=None, now=clock.now())),
    }
    with timezone.override(playground.program.school.zone):
        response = render(request, "sessions_app/kiosk_board.html", context)
    response["Refresh"] = str(BOARD_SECONDS)
    return response


def _playground_of(request: HttpRequest) -> PlaygroundSession:
    """The playground that this browser was bound to, while it stands and is not over; else 404."""
    rows = PlaygroundSession.objects.standing().filter(ends_at__gt=clock.now(), pk=request.session.get(KIOSK, 0))
    playground = rows.select_related("program__school", "room", "period", "adult_in_charge").first()
    if request.user.is_authenticated or playground is None:
        raise Http404
    return playground


def _check_in(request: HttpRequest, playground: PlaygroundSession) -> tuple[str, int]:
    """What the tablet says, and the status: 200, 422, or 429 after many wrong PINs."""
    pin = "".join(request.POST.get("pin", "")[:20].split())
    try:
        person = check_in(playground, pin=pin, now=clock.now())
    except TooManyWrongPins as refused:
        return str(refused), 429
    except Refused as refused:
        return str(refused), 422
    return _("Hello, %(name)s! You are checked in.") % {"name": person.given_name or person.short_name}, 200
