"""Class lists: who teaches whom."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms.school_class import ClassFilterForm, SchoolClassForm
from accounts.models import SchoolClass
from accounts.permissions import KEEP_CLASS_LISTS, role_required
from accounts.services.school_class import delete_class, keep_class
from accounts.signed_in import SignedInRequest

PAGE_ROWS = 50


@require_safe
@role_required(KEEP_CLASS_LISTS)
def class_list(request: SignedInRequest) -> HttpResponse:
    """The classes of the school with who teaches them; found by name or teacher."""
    form = ClassFilterForm(request.GET)
    query = form.cleaned_data["q"] if form.is_valid() else ""
    classes = SchoolClass.objects.visible_to(request.user).named_like(query).with_students_counted()
    page = Paginator(classes.prefetch_related("teachers"), PAGE_ROWS).get_page(request.GET.get("page"))
    return render(request, "accounts/class_list.html", {"page": page, "query": query, "form": form})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(KEEP_CLASS_LISTS)
def class_create(request: SignedInRequest) -> HttpResponse:
    """One more class, kept by hand."""
    return _class_form(request, SchoolClass(school=request.user.school))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(KEEP_CLASS_LISTS)
def class_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a class: who teaches it, who is in it, when it is."""
    return _class_form(request, get_object_or_404(SchoolClass.objects.visible_to(request.user), pk=pk))


@require_POST
@role_required(KEEP_CLASS_LISTS)
def class_delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a class list away."""
    delete_class(get_object_or_404(SchoolClass.objects.visible_to(request.user), pk=pk), by=request.user)
    messages.success(request, _("The class is deleted. The people in it stay."))
    return redirect("class_list")


def _class_form(request: SignedInRequest, school_class: SchoolClass) -> HttpResponse:
    form = SchoolClassForm(request.POST or None, instance=school_class)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        keep_class(
            form.instance,
            teachers=chosen["teachers"],
            students=chosen["students"],
            periods=chosen["periods"],
            by=request.user,
        )
        messages.success(request, _("The class is saved."))
        return redirect("class_list")
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/class_edit.html", {"form": form, "school_class": school_class}, status=status)
