"""An empty roster to fill in: the names of the columns, and what stands in each."""

from __future__ import annotations

import csv
import io

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.permissions import IMPORT_ROSTER, role_required
from accounts.roster import EXPLANATION_MARK
from accounts.signed_in import SignedInRequest

COLUMNS = {
    "role": _("teacher or student"),
    "givenName": _("Needed. The first name."),
    "familyName": _("Needed. The last name."),
    "email": _("If there is one. Without it a student reads reminders on the home page."),
    "username": _("If empty, one is made from the name."),
    "grade": _("For students."),
    "title": _("Ms, Mr, Dr: how students say it."),
    "language": _("The language of their pages and mails: en, es or ar."),
    "sourcedId": _("The id of your school's system, if there is one."),
}
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTH = 22


@require_safe
@role_required(IMPORT_ROSTER)
def roster_template(request: SignedInRequest) -> HttpResponse:
    """As CSV. The mark at its start tells spreadsheets that it is UTF-8."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="roster.csv"'
    csv.writer(response).writerows([list(COLUMNS), explanations()])
    return response


@require_safe
@role_required(IMPORT_ROSTER)
def roster_template_sheet(request: SignedInRequest) -> HttpResponse:
    """As a spreadsheet, every cell of it text: no program turns "09" into 9."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = "Roster"
    sheet.append(list(COLUMNS))
    sheet.append(explanations())
    for number in range(1, len(COLUMNS) + 1):
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = WIDTH
        sheet.column_dimensions[letter].number_format = "@"
        sheet.cell(1, number).font = Font(bold=True)
        sheet.cell(2, number).font = Font(italic=True)
        sheet.cell(2, number).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    written = io.BytesIO()
    book.save(written)
    response = HttpResponse(written.getvalue(), content_type=SHEET)
    response["Content-Disposition"] = 'attachment; filename="roster.xlsx"'
    return response


def explanations() -> list[str]:
    """What stands in each column. The sign before the first says that this row is nobody, so that it may stay."""
    first, *others = map(str, COLUMNS.values())
    return [f"{EXPLANATION_MARK} {first}", *others]
