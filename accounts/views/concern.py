"""Calls for help: one's own, and for those who answer, the school's."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import clock
from accounts.forms.concern import AnswerForm
from accounts.models import Concern, User
from accounts.permissions import ASK_FOR_HELP, role_required
from accounts.services import Refused, answer_concern, close_concern
from accounts.signed_in import SignedInRequest

PAGE_ROWS = 50


@require_safe
@role_required(ASK_FOR_HELP)
def concern_list(request: SignedInRequest) -> HttpResponse:
    """The calls that this person may read, those that wait first."""
    concerns = Concern.objects.visible_to(request.user).with_people().waiting_first()
    page = Paginator(concerns, PAGE_ROWS).get_page(request.GET.get("page"))
    return render(request, "accounts/concern_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(ASK_FOR_HELP)
def concern_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read one call; answer it and close it, where it is neither one's own nor about oneself."""
    concern = get_object_or_404(Concern.objects.visible_to(request.user).with_people(), pk=pk)
    is_answerable = Concern.objects.answerable_by(request.user).filter(pk=pk).exists()
    if request.method == "POST" and not is_answerable:
        raise PermissionDenied
    form = AnswerForm(request.POST or None, initial={"answer": concern.answer})
    if request.method == "POST" and form.is_valid():
        answer = form.cleaned_data["answer"]
        try:
            if "close" in request.POST:
                close_concern(concern, answer=answer, by=request.user, now=clock.now())
                messages.success(request, _("Answered and closed."))
                return redirect("concern_list")
            answer_concern(concern, answer=answer, by=request.user)
            messages.success(request, _("Your answer is kept. This stays open until you close it."))
            return redirect("concern_detail", pk=pk)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("concern_detail", pk=pk)
    can_answer = is_answerable and not concern.closed_at
    context = {"concern": concern, "form": form, "can_answer": can_answer, "about_name": _about(concern, request.user)}
    return render(request, "accounts/concern_detail.html", context, status=422 if request.method == "POST" else 200)


def _about(concern: Concern, reader: User) -> str:
    """Whom it is about: in full for those who answer, in short for the one who asked, who may be a teacher."""
    if concern.about is None:
        return ""
    return concern.about.short_name if concern.raised_by_id == reader.pk else concern.about.full_name
