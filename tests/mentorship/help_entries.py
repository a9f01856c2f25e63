"""Entries of the help log, for the tests of its pages."""

from typing import Any

from mentorship.models import HelpEntry
from tests import factories
from tests.cast import Cast


def make_entry(cast: Cast, **fields: Any) -> HelpEntry:
    """An entry of the cast's mentor about the cast's teacher, with a tool."""
    people = {"program": cast.program, "teacher": cast.teacher, "student": cast.mentor}
    entry = factories.HelpEntryFactory(**people | fields)
    entry.tools.add(cast.tool)
    return entry
