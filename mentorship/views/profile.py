"""What mentors help with."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import EDIT_MENTOR, role_required
from accounts.services import Refused
from accounts.signed_in import SignedInRequest
from mentorship.forms import MentorForm
from mentorship.models import Mentor
from mentorship.services import set_mentor_tools


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(EDIT_MENTOR)
def mentor_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Tap how well a mentor knows each tool, and the languages. `pk` is the person's."""
    mentor = get_object_or_404(Mentor.objects.visible_to(request.user).select_related("user"), user=pk)
    form = MentorForm(request.POST if request.method == "POST" else None, mentor=mentor)
    if request.method == "POST" and form.is_valid():
        try:
            set_mentor_tools(mentor, form.levels(), form.cleaned_data["languages"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Tools and languages are saved."))
            return redirect("mentor_edit", mentor.user_id)
    context = {"person": mentor.user, "form": form, "is_own": mentor.user == request.user}
    return render(request, "mentorship/mentor_edit.html", context, status=422 if form.is_bound else 200)
