"""Reading a roster: from the bytes of files to people and to what is wrong, row by row. Touches no table."""

from accounts.roster.columns import FIELD_LABELS, UnknownColumns, likely_columns, shown
from accounts.roster.folder import FILES, SchoolUnknown
from accounts.roster.reader import ALL_SCHOOLS, EXPLANATION_MARK, MAXIMUM_ROWS, read_files, read_roster
from accounts.roster.rows import ClassRow, Parent, Person, Reason, Roster, Row
from accounts.roster.source import MAXIMUM_BYTES, UnreadableFile
from accounts.roster.user_name import base_user_name, first_free, fold, stem

__all__ = [
    "ALL_SCHOOLS",
    "EXPLANATION_MARK",
    "FIELD_LABELS",
    "FILES",
    "MAXIMUM_BYTES",
    "MAXIMUM_ROWS",
    "ClassRow",
    "Parent",
    "Person",
    "Reason",
    "Roster",
    "Row",
    "SchoolUnknown",
    "UnknownColumns",
    "UnreadableFile",
    "base_user_name",
    "first_free",
    "fold",
    "likely_columns",
    "read_files",
    "read_roster",
    "shown",
    "stem",
]
