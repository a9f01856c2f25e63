"""A file with a row of column names and rows of cells, whatever its kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accounts.roster.columns import FIELD_OF, plain
from accounts.roster.sheet import is_sheet, sheet_records
from accounts.roster.source import Source
from accounts.roster.text import DELIMITERS, WINDOWS, encoding_of, records, text_of


@dataclass(frozen=True, slots=True)
class Table:
    """The header, its row, and the rows below it that have something in them, each with its number."""

    header: list[str]
    header_row: int
    rows: Iterator[tuple[int, list[str]]]
    # Nothing in the file says in which encoding it is; accents want a look.
    is_guess: bool = False


def open_table(source: Source) -> Table:
    """Begin to read a CSV file or a spreadsheet. Raises UnreadableFile, here or while its rows are read."""
    if is_sheet(source):
        rows = sheet_records(source)
        number, header = next(rows, (1, [""]))
        return Table(header, number, rows)
    encoding = encoding_of(source)
    with text_of(source, encoding) as text:
        lines = [text.readline(100_000) for _line in range(4)]
    rows = records(text_of(source, encoding), _delimiter_of("".join(lines)))
    number, header = next(rows, (1, [""]))
    if header[0].casefold().startswith("sep="):
        number, header = next(rows, (number, [""]))
    return Table(header, number, rows, is_guess=encoding == WINDOWS)


def _delimiter_of(text: str) -> str:
    """The sign between cells: the one with which the most column names are known."""
    lines = text.lstrip("\ufeff\r\n").splitlines()[:2] or [""]
    first = lines[1] if len(lines) > 1 and lines[0].casefold().startswith("sep=") else lines[0]
    return max(
        DELIMITERS, key=lambda sign: (sum(plain(cell) in FIELD_OF for cell in first.split(sign)), first.count(sign))
    )
