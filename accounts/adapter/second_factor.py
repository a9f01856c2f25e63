from typing import ClassVar
from urllib.parse import urlsplit

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.field_key import decrypt, encrypt
from accounts.models import User


class SecondFactorAdapter(DefaultMFAAdapter):
    """Codes from an app, passkeys and spare codes. What could be copied from the database is encrypted there."""

    error_messages: ClassVar[dict[str, Promise]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right. Take the newest one and try again."),
        "cannot_generate_recovery_codes": _("Spare codes come after an app or a passkey. Set up one of them first."),
    }

    def encrypt(self, text: str) -> str:
        """Under the newest key of FIELD_KEYS."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Whichever key of FIELD_KEYS it was encrypted with."""
        return decrypt(encrypted_text)

    def get_totp_issuer(self) -> str:
        """What an app writes above the code."""
        return "Flipside"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """A passkey belongs to the address of this installation, whatever Host header a request carries."""
        return {"id": urlsplit(settings.SITE_URL).hostname or "localhost", "name": "Flipside"}

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """What a passkey is called until the person gives it a name."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return str(_("My passkey %(number)s") % {"number": count + 1}) if count else str(_("My passkey"))
