"""Pairs: starting and closing them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import clock
from accounts.permissions import RUN_PROGRAM, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from mentorship.forms import ClosePairingForm, PairingForm
from mentorship.models import Pairing, Program
from mentorship.services import close_pairing, start_pairing


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(RUN_PROGRAM)
def pairing_create(request: SignedInRequest, pk: int) -> HttpResponse:
    """Pair a teacher with a student, after both said yes."""
    program = get_object_or_404(Program.objects.visible_to(request.user), pk=pk)
    form = PairingForm(request.POST if request.method == "POST" else None, program=program)
    if request.method == "POST" and form.is_valid():
        teacher, student = form.cleaned_data["teacher"], form.cleaned_data["student"]
        try:
            start_pairing(program, teacher, student, by=request.user, today=clock.today(request.user.school))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            names = {"teacher": teacher.full_name, "student": student.full_name}
            messages.success(request, _("%(teacher)s and %(student)s are a pair now.") % names)
            return redirect("program_detail", program.pk)
    return render(
        request,
        "mentorship/pairing_create.html",
        {"program": program, "form": form},
        status=422 if request.method == "POST" else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(RUN_PROGRAM)
def pairing_close(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a pair, and say why."""
    pairings = Pairing.objects.visible_to(request.user).select_related("program", "teacher", "student")
    pairing = get_object_or_404(pairings, pk=pk)
    form = ClosePairingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            close_pairing(pairing, reason=reason, by=request.user, today=clock.today(request.user.school))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The pair is closed."))
            return redirect("program_detail", pairing.program_id)
    return render(
        request,
        "mentorship/pairing_close.html",
        {"pairing": pairing, "form": form},
        status=422 if request.method == "POST" else 200,
    )
