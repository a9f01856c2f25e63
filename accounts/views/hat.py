"""Several hats: whose pages to see."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import OWN_DATA, role_required
from accounts.signed_in import HAT, SignedInRequest


@require_POST
@role_required(OWN_DATA)
def role_switch(request: SignedInRequest) -> HttpResponse:
    """See home page and navigation of one's own hats: of one, or of all. What one may do stays the same."""
    hat = request.POST.get("hat", "")
    if hat and hat not in request.user.roles:
        messages.error(request, _("This is not a role of yours."))
    else:
        request.session[HAT] = hat
    return redirect("home")
