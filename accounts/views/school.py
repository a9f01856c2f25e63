"""The rooms of the school."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms.school import RoomForm
from accounts.models import Room
from accounts.permissions import SET_SCHOOL_TIME, role_required
from accounts.signed_in import SignedInRequest


@require_safe
@role_required(SET_SCHOOL_TIME)
def room_list(request: SignedInRequest) -> HttpResponse:
    """The rooms of the school, and which of them are in view or shared."""
    return render(request, "accounts/room_list.html", {"rooms": Room.objects.visible_to(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_SCHOOL_TIME)
def room_create(request: SignedInRequest) -> HttpResponse:
    """One more room."""
    return _room_form(request, Room(school=request.user.school))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SET_SCHOOL_TIME)
def room_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a room's name and what may happen in it."""
    return _room_form(request, get_object_or_404(Room.objects.visible_to(request.user), pk=pk))


def _room_form(request: SignedInRequest, room: Room) -> HttpResponse:
    form = RoomForm(request.POST or None, instance=room)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The room is saved."))
        return redirect("room_list")
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/room_form.html", {"form": form, "room": room}, status=status)
