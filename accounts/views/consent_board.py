"""Who is missing what; asking by mail and by letter; and an afternoon's papers at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.forms.consent import BatchForm, BatchRowForm, BoardFilterForm, PickForm
from accounts.models import Consent, SchoolClass, User
from accounts.permissions import RECORD_CONSENT, SEE_CONSENT_STATE, Role, role_required
from accounts.reports.consent_board import BoardLine, board_of, counts_of, people_asked
from accounts.services import Paper, Refused
from accounts.services.consent import record_papers
from accounts.services.consent_chase import Asked, chase_guardians, print_letters
from accounts.signed_in import SignedInRequest

PAGE_ROWS = 50
GUARDIAN = Consent.GivenBy.GUARDIAN


@require_safe
@role_required(SEE_CONSENT_STATE)
def consent_board(request: SignedInRequest) -> HttpResponse:
    """Everybody who is asked, with what each side said. An admin reads has or has not, nothing else."""
    form = BoardFilterForm(request.GET, user=request.user)
    chosen = form.cleaned_data if form.is_valid() else {}
    everybody = board_of(request.user, people_asked(request.user))
    lines = _shown(everybody, chosen, counts_no=not request.user.may(RECORD_CONSENT))
    context = {
        "form": form,
        "page": Paginator(lines, PAGE_ROWS).get_page(request.GET.get("page")),
        "counts": counts_of(everybody),
        "can_record": request.user.may(RECORD_CONSENT),
        "missing_count": sum(line.misses(given_by=GUARDIAN) for line in everybody),
        "is_filtered": any(chosen.values()),
    }
    return render(request, "accounts/consent_board.html", context)


@require_POST
@role_required(RECORD_CONSENT)
def consent_chase(request: SignedInRequest) -> HttpResponse:
    """Mail the guardians of the ticked students, or of all for whom an answer is missing."""
    form = PickForm(request.POST, user=request.user)
    if not form.is_valid():
        messages.error(request, _("Tick at least one student."))
        return redirect("consent_board")
    try:
        asked = chase_guardians(
            form.picked, by=request.user, now=clock.now(), all_purposes=form.cleaned_data["all_purposes"]
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        for sentence in _told(asked):
            messages.info(request, sentence)
    return redirect("consent_board")


@require_POST
@role_required(RECORD_CONSENT)
def consent_letter_print(request: SignedInRequest) -> HttpResponse:
    """Letters to the guardians of the ticked students, or of all for whom an answer is missing, as one PDF."""
    form = PickForm(request.POST, user=request.user)
    if not form.is_valid():
        messages.error(request, _("Tick at least one student."))
        return redirect("consent_board")
    try:
        pdf = print_letters(form.picked, by=request.user, today=clock.today(request.user.school))
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("consent_board")
    answer = HttpResponse(pdf, content_type="application/pdf")
    answer["Content-Disposition"] = 'attachment; filename="letters.pdf"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(RECORD_CONSENT)
def consent_batch(request: SignedInRequest) -> HttpResponse:
    """An afternoon's papers: one day for all, a tick and a guardian's name for each student of a class or of all."""
    classes = SchoolClass.objects.visible_to(request.user)
    chosen = next((each for each in classes if str(each.pk) == request.GET.get("class")), None)
    today = clock.today(request.user.school)
    data = request.POST if request.method == "POST" else None
    form = BatchForm(data, today=today)
    rows = [
        BatchRowForm(data, person=person, known=next(iter(person.guardians.all()), None))
        for person in _without_consent(request.user, chosen)
    ]
    if data is not None:
        done = _recorded(form, rows, by=request.user)
        if done:
            sentence = ngettext("%(count)s paper is recorded.", "%(count)s papers are recorded.", done)
            messages.success(request, sentence % {"count": done} + " " + _("Keep the signed papers in the office."))
            return redirect("consent_board")
    context = {
        "form": form,
        "rows": rows,
        "faulty": [row for row in rows if row.errors],
        "classes": classes,
        "chosen": chosen,
        "action": reverse("consent_batch") + (f"?class={chosen.pk}" if chosen else ""),
    }
    return render(request, "accounts/consent_batch.html", context, status=422 if data is not None else 200)


def _shown(lines: list[BoardLine], chosen: dict[str, Any], *, counts_no: bool) -> list[BoardLine]:
    if chosen.get("school_class"):
        members = set(chosen["school_class"].students.values_list("pk", flat=True))
        lines = [line for line in lines if line.person.pk in members]
    purpose, show = chosen.get("purpose", ""), chosen.get("show", "")
    if show or purpose:
        given_by = show if show in Consent.GivenBy.values else ""
        lines = [line for line in lines if line.misses(purpose, given_by, counts_no=counts_no)]
    return lines


def _told(asked: Asked) -> Iterable[str]:
    """The outcome in sentences, the nothings left out."""
    if asked.mails:
        sentence = ngettext("%(count)s guardian gets a mail.", "%(count)s guardians get a mail.", asked.mails)
        yield sentence % {"count": asked.mails}
    if asked.too_soon:
        sentence = ngettext(
            "%(count)s guardian had this mail in the last three days and is left in peace.",
            "%(count)s guardians had this mail in the last three days and are left in peace.",
            asked.too_soon,
        )
        yield sentence % {"count": asked.too_soon}
    if asked.without_address:
        sentence = ngettext(
            "For %(count)s student no address of a guardian is known: print a letter.",
            "For %(count)s students no address of a guardian is known: print letters.",
            asked.without_address,
        )
        yield sentence % {"count": asked.without_address}
    if not any((asked.mails, asked.too_soon, asked.without_address)):
        yield _("Nobody is to be asked: nothing is missing, or the texts are not approved yet.")


def _without_consent(user: User, school_class: SchoolClass | None) -> Iterable[User]:
    """The students who may not take part yet, of one class or of the school."""
    students = User.objects.active().visible_to(user).with_role(Role.STUDENT).with_consent_state().with_half_consent()
    if school_class:
        students = students.filter(classes_attended=school_class)
    return students.filter(has_consent=False).exclude(pk=user.pk).prefetch_related("guardians")


def _recorded(form: BatchForm, rows: list[BatchRowForm], *, by: User) -> int:
    """Record the ticked papers, all or none; answers how many, and tells by the row what is wrong."""
    if not all([form.is_valid(), *(row.is_valid() for row in rows)]):
        return 0
    ticked = [row for row in rows if row.cleaned_data["is_signed"]]
    if not ticked:
        form.add_error(None, _("Tick the students whose paper is here."))
        return 0
    answers = dict.fromkeys(form.cleaned_data["purposes"], True)
    papers = [
        Paper(person=row.person, answers=answers, given_on=form.cleaned_data["given_on"], **row.words) for row in ticked
    ]
    wrong = record_papers(papers, by=by, today=form.today)
    for place, sentence in wrong.items():
        ticked[place].add_error(None, sentence)
    return 0 if wrong else len(papers)
