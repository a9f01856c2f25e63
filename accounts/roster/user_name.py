"""Making user names that a child can type: small Latin letters of any name, and a number where one is taken."""

from __future__ import annotations

import unicodedata
from collections.abc import Container

LATIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
# One Latin spelling for each Arabic letter (and the Persian ones that names bring): to sign in with, not for linguists.
ARABIC = str.maketrans(
    dict(
        zip(
            "ابتثجحخدذرزسشصضطظعغفقكلمنهويىةءپچگڤکی",
            "a b t th j h kh d dh r z s sh s d t z a gh f q k l m n h w y a a - p ch g v k y".split(),
            strict=True,
        )
    )
)
LONGEST_PART = 40
NAMELESS = "person"


def fold(name: str) -> str:
    """The name in small Latin letters and digits; empty where its script has no spelling here."""
    bare = "".join(
        letter for letter in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(letter)
    )
    spelled = bare.translate(LATIN).translate(ARABIC)
    return "".join(letter for letter in spelled if letter.isascii() and letter.isalnum())[:LONGEST_PART]


def base_user_name(given_name: str, family_name: str) -> str:
    """The first choice of a user name: given.family."""
    return ".".join(part for part in (fold(given_name), fold(family_name)) if part) or NAMELESS


def stem(user_name: str) -> str:
    """A user name without the number at its end, small: what names that could collide have in common."""
    return user_name.lower().rstrip("0123456789")


def first_free(wanted: str, taken: Container[str]) -> str:
    """The wanted name, else the first of wanted2, wanted3, ... that is in no use. `taken` holds small letters."""
    name, number = wanted, 2
    while name.lower() in taken:
        name, number = f"{wanted}{number}", number + 1
    return name
