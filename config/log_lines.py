"""How a line of the log looks: what went wrong and where, and no value of any row."""

import logging
import re
from types import TracebackType

# PostgreSQL quotes the values of the row: "DETAIL:  Key (email)=(...) already exists."
DETAIL = re.compile(r"^(DETAIL|CONTEXT|QUERY):.*$\n?", re.MULTILINE)
# Plain lines on standard error: no bodies, no addresses, no names.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "config.log_lines.PlainFormatter", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    # fido2 would write which passkey came in.
    "loggers": {"django": {"handlers": [], "propagate": True}, "fido2": {"level": "WARNING"}},
}
Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class PlainFormatter(logging.Formatter):
    """Leaves out what the database says of a row's contents."""

    def formatException(self, ei: Raised) -> str:  # noqa: N802  # the name that logging calls
        """The traceback without those lines."""
        return DETAIL.sub("", super().formatException(ei))
