"""allauth's tables of how people sign in, by names of ours, so that the trail can watch them."""

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount


class SecondFactor(Authenticator):
    """An app for codes, a passkey, or spare codes."""

    class Meta:
        proxy = True


class ConnectedAccount(SocialAccount):
    """An account at Google or Microsoft that lets its person in."""

    class Meta:
        proxy = True
