"""The school's list of tools."""

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import RUN_PROGRAM, role_required
from accounts.signed_in import SignedInRequest
from mentorship.forms import ToolForm
from mentorship.models import Tool
from mentorship.services import install_tools


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(RUN_PROGRAM)
def tool_list(request: SignedInRequest) -> HttpResponse:
    """The tools that mentors help with; one can be added."""
    form = ToolForm(request.POST if request.method == "POST" else None, school=request.user.school)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                tool = form.save()
        except IntegrityError:  # somebody added it between our look and our write
            form.add_error("name", _("This tool is in the list already."))
        else:
            messages.success(request, _("%(name)s is in the list now.") % {"name": tool.name})
            return redirect("tool_list")
    return render(
        request,
        "mentorship/tool_list.html",
        {"tools": Tool.objects.visible_to(request.user), "form": form},
        status=422 if request.method == "POST" else 200,
    )


@require_POST
@role_required(RUN_PROGRAM)
def tool_install(request: SignedInRequest) -> HttpResponse:
    """Begin with the tools that schools often have."""
    install_tools(request.user.school, by=request.user)
    messages.success(request, _("The usual tools are in the list now."))
    return redirect("tool_list")
