"""Addresses of another site, as attackers write them, and whether an answer leads to one."""

from urllib.parse import urlsplit

from django.http import HttpResponse

EVIL = ["//evil.example/", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "https:evil.example",
        "javascript:alert(1)", "/%0d%0aLocation:%20//evil.example", "http:///evil.example", "////evil.example",
        "https://testserver@evil.example/", "\x00//evil.example"]  # fmt: skip


def leads_home(response: HttpResponse) -> bool:
    """Whether an answer stays on this site, as a browser reads the address."""
    location = response.get("Location", "/").replace("\\", "/").strip("\x00 \t")
    parts = urlsplit(location)
    return not parts.scheme and not parts.netloc and not location.startswith("//") and "\n" not in location
