"""Encrypting what one column holds, with a key from the environment: a copy of the database alone gives it to nobody.

FIELD_KEYS names the keys, the newest first: the first one encrypts, each of them decrypts, so that a key can be changed
without a pause. Learner flags and the secrets of second factors are kept this way.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet


class KeyMissing(Exception):
    """No key of FIELD_KEYS opens this value: its key was taken away, or somebody changed the value."""


def encrypt(text: str) -> str:
    """A Fernet token (AES-128-CBC with HMAC-SHA256, base64) of this text, made with the newest key."""
    return _keys(tuple(settings.FIELD_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """The text of a token that any of the keys made. Raises KeyMissing."""
    from cryptography.fernet import InvalidToken

    try:
        return _keys(tuple(settings.FIELD_KEYS)).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise KeyMissing from error


def with_newest_key(token: str) -> str:
    """The same text under the newest key, with the time at which it was first encrypted. Raises KeyMissing."""
    from cryptography.fernet import InvalidToken

    try:
        return _keys(tuple(settings.FIELD_KEYS)).rotate(token.encode()).decode()
    except InvalidToken as error:
        raise KeyMissing from error


def has_newest_key(token: str) -> bool:
    """Whether the newest key made this token, so that no other key is needed for it any more."""
    from cryptography.fernet import InvalidToken

    try:
        _keys(tuple(settings.FIELD_KEYS[:1])).decrypt(token.encode())
    except InvalidToken:
        return False
    return True


@cache
def _keys(keys: tuple[str, ...]) -> MultiFernet:
    from cryptography.fernet import Fernet, MultiFernet

    return MultiFernet([Fernet(key) for key in keys])
