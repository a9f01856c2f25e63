from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def who_reads(request: HttpRequest) -> HttpResponse:
    """Who may ever read what, in plain words: the policy for people. Open to everybody."""
    return render(request, "accounts/who_reads.html")
