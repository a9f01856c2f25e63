"""Writing many new rows at once by PostgreSQL's COPY: tens of thousands of rows a second."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

# COPY's own signs, as they must stand inside a value.
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
NOTHING = "\\N"
FLUSH_CHARACTERS = 1 << 20


def copy_rows(objects: Sequence[models.Model]) -> int:
    """Insert new objects of one model, without giving them their ids; answers how many. Constraints and triggers hold.

    Raises IntegrityError like every insert.
    """
    if not objects:
        return 0
    meta = objects[0]._meta
    fields = [field for field in meta.concrete_fields if not isinstance(field, models.AutoField)]
    columns = ", ".join(connection.ops.quote_name(field.column or "") for field in fields)
    written = [(field.attname, _writer(field)) for field in fields]
    lines = ("\t".join([write(getattr(row, name)) for name, write in written]) for row in objects)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(f"COPY {connection.ops.quote_name(meta.db_table)} ({columns}) FROM STDIN", _Lines(lines))
    return len(objects)


def _writer(field: models.Field[Any, Any]) -> Callable[[Any], str]:
    if isinstance(field, ArrayField):
        return _array
    if isinstance(field, models.JSONField):
        return lambda value: json.dumps(value).translate(ESCAPES)
    return _plain


def _plain(value: Any) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "t" if value else "f"
    return str(value).translate(ESCAPES)


def _array(values: Sequence[object] | None) -> str:
    if values is None:
        return NOTHING
    quoted = ('"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values)
    return ("{" + ",".join(quoted) + "}").translate(ESCAPES)


class _Lines(io.TextIOBase):
    """A file whose lines are made while it is read."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = iter(lines)
        self.rest = ""

    def read(self, size: int | None = -1, /) -> str:
        """About as many characters as are asked for; nothing at the end."""
        wanted = FLUSH_CHARACTERS if size is None or size < 0 else size
        parts, length = [self.rest], len(self.rest)
        while length < wanted and (line := next(self.lines, None)) is not None:
            parts += [line, "\n"]
            length += len(line) + 1
        text = "".join(parts)
        self.rest = text[wanted:]
        return text[:wanted]
