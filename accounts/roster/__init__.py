"""Reading a roster: from the bytes of a file to people and to what is wrong, row by row. Touches no table."""

from accounts.roster.people import MAXIMUM_BYTES, MAXIMUM_ROWS, Person, Reason, Roster, Row, read_roster
from accounts.roster.text import UnreadableFile
from accounts.roster.user_name import base_user_name, first_free, stem

__all__ = [
    "MAXIMUM_BYTES",
    "MAXIMUM_ROWS",
    "Person",
    "Reason",
    "Roster",
    "Row",
    "UnreadableFile",
    "base_user_name",
    "first_free",
    "read_roster",
    "stem",
]
