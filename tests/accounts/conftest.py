"""What several tests of this app start from."""

from collections.abc import Iterator

import pytest
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from pytest_django import Settings

from config.sign_in_providers import sign_in_providers
from tests.accounts.smtp_sink import Sink
from tests.fake_provider import KEYS, Provider, running


@pytest.fixture
def google(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """Google, with keys set; the account there is Ms Ortiz's."""
    settings.SOCIALACCOUNT_PROVIDERS = sign_in_providers(KEYS)
    with running() as (provider, address):
        monkeypatch.setattr(GoogleOAuth2Adapter, "authorize_url", f"{address}/authorize")
        monkeypatch.setattr(GoogleOAuth2Adapter, "access_token_url", f"{address}/token")
        provider.issuer = "https://accounts.google.com"
        provider.claims = {
            "sub": "google-1", "email": "ortiz@example.org", "email_verified": True, "hd": "example.org",
            "name": "Another Name", "picture": "https://example.org/face.jpg",
        }  # fmt: skip
        yield provider


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    """A mail server of the test's own, that the program sends to."""
    with Sink() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.host, server.port, 1
        yield server
