"""Where this project lies, and what the environment says; needs neither Django nor any service."""

import base64
import binascii
import os
import secrets
import shlex
from pathlib import Path

FIELD_KEY_BYTES = 32
BASE_DIR = Path(__file__).resolve().parent.parent


def read_env_file(path: Path = BASE_DIR / ".env") -> None:
    """Take NAME=value lines of `path` into the environment, which wins where both have a name.

    A server that gives its secret by the environment never gets DEBUG from a file that `make setup` left there.
    """
    if not path.is_file():
        return
    served = "SECRET_KEY" in os.environ
    for word in shlex.split(path.read_text(), comments=True):
        name, equals, value = word.partition("=")
        if equals and not (served and name == "DEBUG"):
            os.environ.setdefault(name, value)


def flag(name: str, default: bool = False) -> bool:
    """A yes-or-no value: 1, true, yes, on mean yes."""
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def listed(name: str, default: str = "") -> list[str]:
    """A list of values with commas between."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def new_field_key() -> str:
    """A random key for encrypting columns: 32 bytes in URL-safe base64, as Fernet takes them."""
    return base64.urlsafe_b64encode(secrets.token_bytes(FIELD_KEY_BYTES)).decode()


def is_field_key(text: str) -> bool:
    """Whether this is 32 bytes in URL-safe base64."""
    try:
        return len(base64.urlsafe_b64decode(text)) == FIELD_KEY_BYTES
    except (binascii.Error, ValueError):  # ValueError: a letter outside ASCII
        return False
