"""Which ways in this installation offers."""

from typing import NamedTuple

from allauth.socialaccount.models import SocialAccount
from django import template
from django.conf import settings
from django.urls import reverse

from accounts.models import User

register = template.Library()
NAMES = {"google": "Google", "microsoft": "Microsoft"}


class Way(NamedTuple):
    """A provider: its name, where its button leads, and the account that is connected, if any."""

    name: str
    url: str = ""
    account: SocialAccount | None = None


@register.simple_tag
def ways_in() -> list[Way]:
    """The buttons of the sign-in page."""
    return [Way(NAMES[name], reverse(f"{name}_login")) for name in settings.SOCIALACCOUNT_PROVIDERS]


@register.simple_tag
def connected_ways_of(user: User) -> list[Way]:
    """For each provider whether this person comes in by it."""
    accounts = {account.provider: account for account in SocialAccount.objects.filter(user=user)}
    names = {*settings.SOCIALACCOUNT_PROVIDERS, *accounts}  # an account outlasts the keys
    return [Way(NAMES.get(name, name), account=accounts.get(name)) for name in sorted(names)]


@register.filter
def provider_name(account: SocialAccount) -> str:
    """Google or Microsoft."""
    return NAMES.get(account.provider, account.provider)
