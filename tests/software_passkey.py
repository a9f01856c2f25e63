"""A passkey made of software: what a phone or a laptop answers to a page that asks for one."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from accounts.models import User

ORIGIN, HOST = "http://localhost:8000", "localhost"
FLAG = AuthenticatorData.FLAG


class SoftwarePasskey:
    """One key pair of one person at one site; with `verifies` off it does not ask for a PIN or a finger."""

    def __init__(self, *, verifies: bool = True) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.flags = FLAG.UP | FLAG.UV if verifies else FLAG.UP
        self.user_handle = b""

    def register(self, options: dict[str, Any]) -> str:
        """The answer to "make a passkey", as JSON."""
        wanted = options["publicKey"]
        self.user_handle = websafe_decode(wanted["user"]["id"])
        public = AttestedCredentialData.create(Aaguid.NONE, self.id, ES256.from_cryptography_key(self.key.public_key()))
        facts = AuthenticatorData.create(sha256(HOST.encode()), self.flags | FLAG.AT, 1, public)
        client = self._client_data(CollectedClientData.TYPE.CREATE, wanted["challenge"])
        return self._answer(
            clientDataJSON=websafe_encode(client),
            attestationObject=websafe_encode(AttestationObject.create("none", facts, {})),
        )

    def sign(self, options: dict[str, Any]) -> str:
        """The answer to "show that it is you", as JSON."""
        facts = AuthenticatorData.create(sha256(HOST.encode()), self.flags, 2)
        client = self._client_data(CollectedClientData.TYPE.GET, options["publicKey"]["challenge"])
        signature = self.key.sign(facts + client.hash, ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=websafe_encode(client),
            authenticatorData=websafe_encode(facts),
            signature=websafe_encode(signature),
            userHandle=websafe_encode(self.user_handle),
        )

    def _client_data(self, kind: CollectedClientData.TYPE, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(kind, websafe_decode(challenge), ORIGIN)

    def _answer(self, **response: str) -> str:
        name = websafe_encode(self.id)
        return json.dumps(
            {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}
        )


def a_credential() -> dict[str, Any]:
    """What the database keeps of a passkey that somebody added at some time."""
    options = {"publicKey": {"user": {"id": "MQ"}, "challenge": websafe_encode(secrets.token_bytes(32))}}
    credential: dict[str, Any] = json.loads(SoftwarePasskey().register(options))
    return credential


def options_on(page: str) -> dict[str, Any]:
    """What a page hands to the browser for a passkey."""
    found = re.search(r'<script id="passkey-options" type="application/json">(.*?)</script>', page)
    assert found
    text = json.loads(found[1])
    return next(iter(text.values()))


def signed_in_freshly(person: User, password: str) -> Client:
    """A client that has typed this password twice: to sign in, and again as before a change of the second factor."""
    person.set_password(password)
    person.save()
    client = Client()
    client.post(reverse("account_login"), {"login": person.username, "password": password})
    client.post(reverse("account_reauthenticate"), {"password": password})
    return client


def add_passkey(client: Client, **options: bool) -> SoftwarePasskey:
    """Add a passkey through the page."""
    passkey = SoftwarePasskey(**options)
    page = client.get(reverse("mfa_add_webauthn")).content.decode()
    client.post(
        reverse("mfa_add_webauthn"),
        {"name": "Laptop", "passwordless": "on", "credential": passkey.register(options_on(page))},
    )
    return passkey
