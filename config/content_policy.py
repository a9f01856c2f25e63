"""What a browser may load and run on our pages: nothing that is not ours (Content Security Policy, level 3)."""

from collections.abc import Iterable
from typing import Any

from csp.constants import NONCE, NONE, SELF


def content_policy(form_targets: Iterable[str]) -> dict[str, Any]:
    """The policy as django-csp takes it; forms are sent to us and to these origins."""
    return {
        "DIRECTIVES": {
            "default-src": [SELF],
            "script-src": [SELF, NONCE],
            "style-src": [SELF, NONCE],
            "img-src": [SELF, "data:"],
            "font-src": [SELF],
            "connect-src": [SELF],
            "object-src": [NONE],
            "base-uri": [NONE],
            "form-action": [SELF, *form_targets],
            "frame-ancestors": [NONE],
        }
    }
