"""From the bytes of an uploaded file to its cells. UTF-8 and UTF-16 with a mark; nothing is guessed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

DELIMITERS = ",;\t"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# How other kinds of file begin: PDF; XLSX, ODS and other zip files; the old Excel.
PDF, ZIP, OLD_EXCEL = b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


class UnreadableFile(Exception):
    """The whole file can't be used. Its text is the translated sentence that the page shows."""


def decode(content: bytes) -> str:
    """The text of a CSV file, or one clear sentence why this is none."""
    if content.startswith(PDF):
        raise UnreadableFile(_("This is a PDF, not a CSV file. Save the list as CSV and try again."))
    if content.startswith((ZIP, OLD_EXCEL)):
        raise UnreadableFile(_("This is a spreadsheet or a zip file. Save the list as CSV (UTF-8) and try again."))
    is_utf16 = content.startswith(UTF16_MARKS)
    if b"\0" in content and not is_utf16:
        raise UnreadableFile(_("This is not a CSV file. Save the list as CSV (UTF-8) and try again."))
    try:
        text = content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile(_wrong_encoding(content[: error.start], is_utf16=is_utf16)) from None
    if "\0" in text:
        raise UnreadableFile(_("This is not a CSV file. Save the list as CSV (UTF-8) and try again."))
    if not text.strip("\ufeff \t\r\n,;"):
        raise UnreadableFile(_("The file is empty."))
    return text


def records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that has a cell with something in it, with its row as a spreadsheet counts them (from 1)."""
    number = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error:
        sentence = _("Row %(row)s can't be read: a quotation mark is missing or too many.")
        raise UnreadableFile(sentence % {"row": number + 1}) from None


def _wrong_encoding(before: bytes, *, is_utf16: bool) -> str:
    """Say where the first letter stands that can't be read."""
    text = before.decode("utf-16" if is_utf16 else "utf-8-sig", errors="ignore")
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(DELIMITERS, key=first.count)
    # A question mark stands for the broken letter, so that a cell that begins with it is counted.
    try:
        rows = list(csv.reader(io.StringIO(text + "?", newline=""), delimiter=delimiter))
    except csv.Error:  # a cell without an end
        return _("This is not a CSV file. Save the list as CSV (UTF-8) and try again.")
    return _(
        "Row %(row)s, column %(column)s: a letter can't be read, so the file is not in UTF-8. "
        "In your spreadsheet choose “Save as” and then “CSV UTF-8”."
    ) % {"row": len(rows), "column": len(rows[-1])}
