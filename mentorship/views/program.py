"""Programs, and who is in them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.permissions import RUN_PROGRAM, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from mentorship.forms import ParticipantsForm, ProgramForm
from mentorship.models import Participant, Program
from mentorship.services import add_participants, create_program, remove_participant


@require_safe
@role_required(RUN_PROGRAM)
def program_list(request: SignedInRequest) -> HttpResponse:
    """The programs of the school, the newest first."""
    programs = Program.objects.visible_to(request.user).with_counts()
    return render(
        request, "mentorship/program_list.html", {"programs": programs, "today": clock.today(request.user.school)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(RUN_PROGRAM)
def program_create(request: SignedInRequest) -> HttpResponse:
    """Begin a program."""
    form = ProgramForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            program = create_program(school=request.user.school, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(name)s is made. Now add the people.") % {"name": program.name})
            return redirect("program_detail", program.pk)
    return render(
        request, "mentorship/program_create.html", {"form": form}, status=422 if request.method == "POST" else 200
    )


@require_safe
@role_required(RUN_PROGRAM)
def program_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """The people of a program by side, and the pairs."""
    program = get_object_or_404(Program.objects.visible_to(request.user), pk=pk)
    people = list(program.participants.present().with_consent().select_related("person"))
    sides = [
        (_("Teachers"), [row for row in people if row.role == Participant.Role.TEACHER]),
        (_("Student mentors"), [row for row in people if row.role == Participant.Role.STUDENT]),
    ]
    pairings = program.pairings.for_list()
    context = {"program": program, "sides": sides, "people_count": len(people), "pairings": pairings}
    return render(request, "mentorship/program_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(RUN_PROGRAM)
def participant_add(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tick the people of the school who join a program."""
    program = get_object_or_404(Program.objects.visible_to(request.user), pk=pk)
    form = ParticipantsForm(request.POST if request.method == "POST" else None, program=program)
    if request.method == "POST" and form.is_valid():
        today = clock.today(request.user.school)
        try:
            added = add_participants(program, **form.cleaned_data, by=request.user, today=today)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = ngettext("%(count)d person joined.", "%(count)d people joined.", len(added))
            messages.success(request, said % {"count": len(added)})
            return redirect("program_detail", program.pk)
    return render(
        request,
        "mentorship/participant_add.html",
        {"program": program, "form": form},
        status=422 if request.method == "POST" else 200,
    )


@require_POST
@role_required(RUN_PROGRAM)
def participant_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """A person leaves a program; adding the person again undoes it."""
    participants = Participant.objects.visible_to(request.user).select_related("person")
    participant = get_object_or_404(participants, pk=pk)
    name = {"name": participant.person.full_name}
    try:
        remove_participant(participant, by=request.user, today=clock.today(request.user.school))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(name)s has left the program. Bookings that stand are not cancelled.") % name)
    return redirect("program_detail", participant.program_id)
