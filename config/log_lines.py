"""How a line of the log looks: what went wrong and where, and no value of any row."""

import logging
import re
from types import TracebackType

# PostgreSQL quotes the values of the row: "DETAIL:  Key (email)=(...) already exists."
DETAIL = re.compile(r"^(DETAIL|CONTEXT|QUERY):.*$\n?", re.MULTILINE)
Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PlainFormatter(logging.Formatter):
    """Leaves out what the database says of a row's contents."""

    def formatException(self, ei: Raised) -> str:  # noqa: N802  # the name that logging calls
        """The traceback without those lines."""
        return DETAIL.sub("", super().formatException(ei))
