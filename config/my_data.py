"""What is held about oneself: to read, to download, and to ask for its end."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.permissions import OWN_DATA, Role, role_required
from accounts.services import Refused
from accounts.services.erasure_request import ask_for_erasure, take_back_erasure
from accounts.signed_in import SignedInRequest
from config import personal_data


@require_safe
@role_required(OWN_DATA)
@never_cache
def my_data(request: SignedInRequest) -> HttpResponse:
    """What Flipside holds about this person, kind by kind, how long it is kept, and what one can ask for."""
    context = {
        "kinds": personal_data.collect(request.user),
        "periods": personal_data.periods(request.user.school),
        "asked": request.user.erasure_requests.open().first(),
    }
    return render(request, "config/my_data.html", context)


@require_safe
@role_required(OWN_DATA)
@never_cache
def my_data_download(request: SignedInRequest) -> HttpResponse:
    """The same as a file, each row with all that it holds; docs/my-data.md says what each word means."""
    contents = personal_data.as_download(request.user, now=clock.now())
    return JsonResponse(
        contents,
        json_dumps_params={"ensure_ascii": False, "indent": 1},
        headers={"Content-Disposition": 'attachment; filename="my-data.json"'},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(OWN_DATA)
def erasure_ask(request: SignedInRequest) -> HttpResponse:
    """Say what goes and what stays, then ask a coordinator for it."""
    if request.method != "POST":
        is_staff = request.user.has_role(Role.COORDINATOR, Role.ADMIN)
        return render(request, "config/erasure_ask.html", {"is_staff": is_staff})
    ask_for_erasure(request.user, now=clock.now())
    messages.success(request, _("Asked. A coordinator of your school carries it out; until then you can take it back."))
    return redirect("my_data")


@require_POST
@role_required(OWN_DATA)
def erasure_take_back(request: SignedInRequest) -> HttpResponse:
    """Stay after all."""
    try:
        take_back_erasure(request.user, now=clock.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Taken back. Everything stays as it is."))
    return redirect("my_data")
