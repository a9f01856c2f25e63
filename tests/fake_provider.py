"""Google and Microsoft as a small server of our own: it speaks OAuth 2 with PKCE, and says what a test wants it to."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from django.test import Client
from django.urls import reverse

from accounts.models import User

CLIENT, SECRET, TENANT = "our-client", "our-secret", "1b4db7eb-4057-5ddf-91e0-36dec72071f5"
NOT_LET_IN = "/accounts/not-let-in/"
KEYS = {
    "GOOGLE_CLIENT_ID": CLIENT, "GOOGLE_CLIENT_SECRET": SECRET,
    "MICROSOFT_CLIENT_ID": CLIENT, "MICROSOFT_CLIENT_SECRET": SECRET, "MICROSOFT_TENANT": TENANT,
}  # fmt: skip


class Provider:
    """What it was asked, and what it will say. `claims` go into the ID token, `profile` is Graph's answer for /me."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.profile: dict[str, Any] = {}
        self.issuer = ""
        self.says_no = ""  # an OAuth error, such as "access_denied"
        self.asked: list[dict[str, str]] = []
        self.codes: dict[str, dict[str, str]] = {}

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to."""
        self.asked.append(query)
        if self.says_no:
            return f"{query['redirect_uri']}?{urlencode({'error': self.says_no, 'state': query['state']})}"
        code = secrets.token_urlsafe()
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Tokens for a code that was handed out and not used, to the client that asked for it; else nothing."""
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if asked["code_challenge"] != base64.urlsafe_b64encode(digest).rstrip(b"=").decode():
            return None
        if form.get("redirect_uri") != asked["redirect_uri"]:
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, **self.claims}
        token = jwt.encode(claims, "a key that nobody checks, as it came straight from here", algorithm="HS256")
        return {"access_token": "an-access-token", "token_type": "Bearer", "expires_in": 300, "id_token": token}


class Handler(BaseHTTPRequestHandler):
    """One request."""

    provider: ClassVar[Provider]

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path.endswith("/authorize"):
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_response(302)
            self.send_header("Location", self.provider.authorize(query))
            self.end_headers()
        elif parts.path == "/v1.0/me" and self.headers["Authorization"] == "Bearer an-access-token":
            self.answer(200, self.provider.profile)
        else:
            self.answer(404, {"error": {"message": "nothing here"}})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        answer = self.provider.token({name: values[0] for name, values in parse_qs(body).items()})
        self.answer(*((200, answer) if answer else (400, {"error": "invalid_grant"})))

    def answer(self, status: int, what: dict[str, Any]) -> None:
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        """Quiet."""


@contextmanager
def running() -> Iterator[tuple[Provider, str]]:
    """A provider at an address of this machine."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Here", (Handler,), {"provider": provider}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def come_from(provider: str, client: Client, **form: str) -> str:
    """Press the button, go there and back again; answers where the callback leads."""
    start = client.post(reverse(f"{provider}_login"), form)
    assert start.status_code == 302, start.content
    return client.get(there_and_back(start["Location"]))["Location"]


def there_and_back(address: str) -> str:
    """Ask the provider; answers the path on our site to which it sends the browser."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=5)
    connection.request("GET", f"{parts.path}?{parts.query}")
    back = urlsplit(connection.getresponse().getheader("Location") or "")
    connection.close()
    return f"{back.path}?{back.query}"


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def refused_page(name: str, client: Client) -> str:
    """Where the provider's no, or ours, leads; checks that nothing came of it."""
    before = User.objects.count()

    leads_to = come_from(name, client)

    assert not is_in(client)
    assert User.objects.count() == before
    page = client.get(leads_to)
    assert page.status_code == 403
    assert "ortiz" not in page.content.decode().lower()
    return leads_to
