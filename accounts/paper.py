"""What is printed: PDF made by typst from the templates in templates/paper/.

Facts go in as one JSON value and never as markup, so that a name with `#`, `[` or `\\` prints as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import get_language_info

from accounts.models import School

TEMPLATES = settings.BASE_DIR / "templates" / "paper"
FONTS = settings.BASE_DIR / "build" / "paper"  # unpacked at set-up
A4, LETTER = "a4", "us-letter"
# Control characters have no shape, and a marker that turns the rest of a line around would reach beyond its name.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufeff\ufffe\uffff]")


def paper_of(school: School) -> str:
    """The size of paper that a school most likely has: Letter in the time zones of America, A4 elsewhere."""
    return LETTER if school.time_zone.startswith(("America/", "US/", "Pacific/Honolulu")) else A4


def make_pdf(template: str, data: Mapping[str, Any], *, language: str) -> bytes:
    """Print templates/paper/<template>.typ; answers the PDF, tagged for screen readers (PDF/UA-1).

    `data` is what json can write. It has `title`, which names the document, and `paper` (A4 or LETTER); what else a
    template reads stands in its first lines. `language` is that of the document; a part of it may say its own.
    A letter that no font on this machine has is printed as an empty box, and then the file does not claim PDF/UA.
    """
    import typst

    inputs = {
        "data": json.dumps(printable(data)),
        "language": language,
        "direction": direction_of(language),
    }

    def compile_as(standards: list[Any]) -> bytes:
        return typst.compile(
            TEMPLATES / f"{template}.typ",
            root=TEMPLATES,
            font_paths=fonts(),
            sys_inputs=inputs,
            pdf_standards=standards,
        )

    try:
        return compile_as(["ua-1"])
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        return compile_as([])


def isolated(words: str) -> str:
    """A name inside a sentence that may run the other way: its dots and brackets stay with it."""
    return f"\u2068{words}\u2069"


def direction_of(language: str) -> str:
    """Which way lines run: "rtl" or "ltr"."""
    return "rtl" if get_language_info(language)["bidi"] else "ltr"


def printable(value: Any) -> Any:
    """The same value, with every text in it free of what can't be printed."""
    if isinstance(value, str):
        return UNPRINTABLE.sub("", value)
    if isinstance(value, Mapping):
        return {key: printable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [printable(part) for part in value]
    return value


@cache
def fonts() -> Any:
    """Our own fonts, and behind them those of this machine, for letters that ours lack. Looked for once."""
    import typst

    return typst.Fonts(font_paths=[FONTS])
