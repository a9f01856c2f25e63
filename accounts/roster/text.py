"""From the bytes of a file to lines of cells: UTF-8, UTF-16, or what Windows wrote before there was UTF-8."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import IO

from django.utils.translation import gettext as _

from accounts.roster.source import ZIP, Source, UnreadableFile

DELIMITERS = ",;\t"
WINDOWS = "cp1252"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# How other kinds of file begin: PDF; the old Excel.
PDF, OLD_EXCEL = b"%PDF", b"\xd0\xcf\x11\xe0"
CHUNK = 1 << 16
BLANK = re.compile("[\ufeff \t\r\n,;]*")


def encoding_of(source: Source) -> str:
    """In which encoding the whole file can be read, or one clear sentence why in none."""
    with source.open() as stream:
        head = stream.read(CHUNK)
    if head.startswith(PDF):
        raise UnreadableFile(_("This is a PDF, not a CSV file. Save the list as CSV and try again."))
    if head.startswith((ZIP, OLD_EXCEL)):
        raise UnreadableFile(_("This is a spreadsheet or a zip file. Save the list as CSV (UTF-8) and try again."))
    if head.startswith(UTF16_MARKS):
        candidates = ["utf-16"]
    elif b"\0" in head:
        candidates = [encoding for encoding in ("utf-16-le", "utf-16-be") if _looks_like(head, encoding)]
    else:
        candidates = ["utf-8-sig", WINDOWS]
    for encoding in candidates:
        if _fits(source, encoding):
            return encoding
    if candidates in (["utf-16-le"], ["utf-16-be"], []):
        raise UnreadableFile(_not_csv())
    raise UnreadableFile(_wrong_encoding(source, candidates[0]))


def text_of(source: Source, encoding: str) -> io.TextIOWrapper:
    """The file as text, its line ends untouched."""
    return io.TextIOWrapper(source.open(), encoding=encoding, newline="")


def records(lines: Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that has a cell with something in it, with its row as a spreadsheet counts them (from 1)."""
    number = 0
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, start=1):
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error:
        sentence = _("Row %(row)s can't be read: a quotation mark is missing or too many.")
        raise UnreadableFile(sentence % {"row": number + 1}) from None


def _looks_like(head: bytes, encoding: str) -> bool:
    """UTF-16 without a mark: of plain letters each second byte is nothing."""
    empty = head[1::2] if encoding == "utf-16-le" else head[::2]
    other = head[::2] if encoding == "utf-16-le" else head[1::2]
    return empty.count(0) > len(empty) // 2 and b"\0" not in other


def _fits(source: Source, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    is_blank = True
    with source.open() as stream:
        try:
            for chunk in _chunks(stream):
                text = decoder.decode(chunk, final=not chunk)
                if "\0" in text:
                    raise UnreadableFile(_not_csv())
                is_blank = is_blank and BLANK.fullmatch(text) is not None
        except UnicodeDecodeError:
            return False
    if is_blank:
        raise UnreadableFile(_("The file is empty."))
    return True


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """All chunks, and an empty one for the end."""
    chunk = b"x"
    while chunk:
        chunk = stream.read(CHUNK)
        yield chunk


def _not_csv() -> str:
    return _("This is not a CSV file. Save the list as CSV (UTF-8) and try again.")


def _wrong_encoding(source: Source, encoding: str) -> str:
    """Say where the first letter stands that can't be read."""
    with source.open() as stream:
        content = stream.read()
    fault = len(content)
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        fault = error.start
    text = content[:fault].decode(encoding, errors="ignore")
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max(DELIMITERS, key=first.count)
    # A question mark stands for the broken letter, so that a cell that begins with it is counted.
    try:
        rows = list(csv.reader(io.StringIO(text + "?", newline=""), delimiter=delimiter))
    except csv.Error:  # a cell without an end
        return _not_csv()
    return _(
        "Row %(row)s, column %(column)s: a letter can't be read, so the file is not in UTF-8. "
        "In your spreadsheet choose “Save as” and then “CSV UTF-8”."
    ) % {"row": len(rows), "column": len(rows[-1])}
