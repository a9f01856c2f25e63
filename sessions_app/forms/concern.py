"""Asking for help."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from mentorship.models import Pairing
from sessions_app.forms.choices import ShortNameChoice, offer_rows
from sessions_app.models import Booking


def partners_of(user: User) -> Any:
    """Those whom this person meets in bookings or pairings (a QuerySet of User)."""
    bookings = Booking.objects.of(user)
    pairings = Pairing.objects.filter(Q(teacher=user) | Q(student=user))
    return (
        User.objects.filter(
            Q(pk__in=bookings.values("teacher"))
            | Q(pk__in=bookings.values("mentor"))
            | Q(pk__in=pairings.values("teacher"))
            | Q(pk__in=pairings.values("student"))
        )
        .exclude(pk=user.pk)
        .filter(is_active=True)
    )


class ConcernForm(forms.Form):
    """Nothing is required: sending it empty is asking for help too."""

    about = ShortNameChoice(
        User.objects.none(),
        label=_("Is it about somebody?"),
        required=False,
        widget=forms.RadioSelect,
        empty_label=_("Nobody, or I don't want to say"),
        blank=True,
    )
    text = forms.CharField(
        label=_("What happened? You can leave this empty."),
        help_text=_("Write in any language."),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_rows(self, about=partners_of(user))
