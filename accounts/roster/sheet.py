"""The cells of a spreadsheet (XLSX) as text. Nothing is calculated: of a formula its stored value is taken."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.roster.source import ZIP, Source, UnreadableFile

WIDEST = 100


def is_sheet(source: Source) -> bool:
    """Whether this is a spreadsheet and no text."""
    with source.open() as stream:
        return stream.read(len(ZIP)) == ZIP


def sheet_records(source: Source) -> Iterator[tuple[int, list[str]]]:
    """Each row of the first sheet that has a cell with something in it, with its number."""
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles that we do not read
            book = openpyxl.load_workbook(source.open(), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its own size may be wrong
        for number, cells in enumerate(sheet.iter_rows(max_col=WIDEST, values_only=True), start=1):
            row = [_text(cell) for cell in cells]
            while row and not row[-1]:
                row.pop()
            if row:
                yield number, row
    except Exception:  # a broken spreadsheet breaks its reader in any place
        raise UnreadableFile(_("This spreadsheet can't be read. Save the list as CSV (UTF-8) and try again.")) from None


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return str(cell).strip()
