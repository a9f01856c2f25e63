"""What may leave: the answers of closed waves, as rows without names, and the codebook that explains them.

Rules (privacy.md): only closed waves; only groups (wave x role x arm) of the school's smallest size or more; never
the open questions, a time, hours or a person's id.
"""

from __future__ import annotations

import csv
import io
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count
from django.utils.translation import gettext as _
from psycopg2 import sql

from mentorship.models import Participant
from mentorship.models.program import WaveKind
from surveys.models import Item, Response, Study, Wave

UTF8_MARK = b"\xef\xbb\xbf"  # by which spreadsheets know that a file is UTF-8
CHUNK_BYTES = 64 * 1024
# What a spreadsheet takes for the start of a formula (OWASP "CSV injection"), with the full-width forms.
FORMULA_STARTS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"


@dataclass(frozen=True)
class Group:
    """One wave, role and arm, and how many sent answers it holds."""

    wave: str
    role: str
    arm: str
    count: int


@dataclass(frozen=True)
class Contents:
    """What an export of a study holds and what it holds back. `refusal` is empty where there is something to give."""

    groups: list[Group]
    small_groups: list[Group]
    items: list[Item]
    open_items: list[Item]
    closed_waves: list[Wave]
    running_waves: list[Wave]
    smallest: int
    refusal: str

    @property
    def row_count(self) -> int:
        """How many rows the file has below its heading."""
        return sum(group.count for group in self.groups)

    @property
    def left_out_count(self) -> int:
        """How many sent answers were deleted for want of consent to research use."""
        return sum(wave.left_out_count or 0 for wave in self.closed_waves)


def contents(study: Study) -> Contents:
    """Look up what may be exported of a study now."""
    smallest = study.school.minimum_group_size
    waves = list(study.waves.all())
    closed = [wave for wave in waves if wave.closed_at]
    counted = (
        Response.objects.filter(wave__in=closed)
        .values_list("wave__kind", "role", "arm")
        .annotate(count=Count("pk"))
        .order_by("wave__opens_at", "role", "arm")
    )
    groups = [Group(*_labels(kind, role, arm), count) for kind, role, arm, count in counted]
    shown = [group for group in groups if group.count >= smallest]
    items = _items(waves)
    return Contents(
        groups=shown,
        small_groups=[group for group in groups if group.count < smallest],
        items=[item for item in items if item.kind == Item.Kind.LIKERT],
        open_items=[item for item in items if item.kind == Item.Kind.OPEN],
        closed_waves=closed,
        running_waves=[wave for wave in waves if not wave.closed_at],
        smallest=smallest,
        refusal=_refusal(bool(closed), bool(shown), smallest),
    )


def rows_as_csv(study: Study) -> Iterator[bytes]:
    """The file: UTF-8 with its mark, one row a person and wave, ordered by pseudonym, in chunks of about 64 KiB.

    PostgreSQL makes the rows (COPY), so memory stays the same at any size. The smallest group and the closing of a
    wave are asked again in the same statement. Codes, not words: the codebook explains them.
    """
    yield UTF8_MARK
    yield from _copy(_statement(study, contents(study).items))


def codebook_as_csv(study: Study) -> str:
    """One line a column of the file: its scale, whether it is reversed, its words in each language, its values."""
    languages = study.school.languages
    answers = "1 = {low}; 5 = {high}; empty = rather not say"
    lines: list[list[str]] = [["column", "scale", "reversed", *(f"text_{code}" for code in languages), "values"]]
    for column, values in _PLAIN_COLUMNS.items():
        lines.append([column, "", "", *("" for _code in languages), values])
    for item in contents(study).items:
        version = item.version
        values = answers.format(low=version.low_ends["en"], high=version.high_ends["en"])
        texts = [item.texts.get(code, "") for code in languages]
        lines.append(
            [item.code, item.scale.code if item.scale else "", "yes" if item.is_reversed else "no", *texts, values]
        )
    file = io.StringIO()
    csv.writer(file).writerows([guarded(cell) for cell in line] for line in lines)
    return UTF8_MARK.decode() + file.getvalue()


def guarded(cell: str) -> str:
    """The cell, with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell[:1] and cell[0] in FORMULA_STARTS else cell


_PLAIN_COLUMNS = {
    "pseudonym": "the same for one person in all waves of this study; made with the study's key",
    "wave": "; ".join(
        f"{kind.value} = {words}"
        for kind, words in zip(WaveKind, ("before", "midway", "after", "some time after"), strict=True)
    ),
    "role": "; ".join(role.value for role in Participant.Role),
    "arm": "; ".join(arm.value for arm in Participant.Arm),
}


def _labels(kind: str, role: str, arm: str) -> tuple[str, str, str]:
    return str(WaveKind(kind).label), str(Participant.Role(role).label), str(Participant.Arm(arm).label)


def _items(waves: list[Wave]) -> list[Item]:
    """The items of these waves' questionnaires, each code once, the newest wording."""
    versions = {wave.instrument_version_id for wave in waves}
    items = Item.objects.filter(version__in=versions).select_related("scale", "version").order_by("version", "position")
    return list({item.code: item for item in items}.values())


def _refusal(any_closed: bool, any_shown: bool, smallest: int) -> str:
    if not any_closed:
        return _("Nothing can be exported yet: no survey of this study is closed.")
    if not any_shown:
        return _(
            "Nothing can be exported: every group has fewer than %(smallest)s answers. "
            "In so small a group people can be recognized."
        ) % {"smallest": smallest}
    return ""


def _statement(study: Study, items: list[Item]) -> sql.Composed:
    """The COPY. `OFFSET 0` makes the planner take each value out of its JSON once, which saves a third of the time."""
    starts = sql.SQL(", ").join(sql.Literal(ord(start)) for start in FORMULA_STARTS)
    taken = sql.SQL("r.answers ->> {} AS {}")
    cell = sql.SQL("CASE WHEN ascii({0}) IN ({1}) THEN '''' || {0} ELSE {0} END AS {0}")
    codes = [item.code for item in items]
    return sql.SQL(
        """
        COPY (
            WITH closed AS (
                SELECT id, kind, opens_at FROM surveys_wave WHERE study_id = {study} AND closed_at IS NOT NULL
            ), allowed AS (
                SELECT wave_id, role, arm FROM surveys_response WHERE wave_id IN (SELECT id FROM closed)
                GROUP BY wave_id, role, arm HAVING count(*) >= {smallest}
            ), response AS (
                SELECT r.pseudonym, w.kind AS wave, r.role, r.arm, w.opens_at, {taken}
                FROM surveys_response r
                JOIN allowed USING (wave_id, role, arm)
                JOIN closed w ON w.id = r.wave_id
                OFFSET 0
            )
            SELECT pseudonym, wave, role, arm, {cells} FROM response ORDER BY pseudonym COLLATE "C", opens_at
        ) TO STDOUT WITH (FORMAT csv, HEADER)
        """
    ).format(
        study=sql.Literal(study.pk),
        smallest=sql.Literal(study.school.minimum_group_size),
        taken=sql.SQL(", ").join(taken.format(sql.Literal(code), sql.Identifier(code)) for code in codes),
        cells=sql.SQL(", ").join(cell.format(sql.Identifier(code), starts) for code in codes),
    )


class _Stopped(Exception):
    """The reader went away."""


class _Sink:
    """A file for COPY to write to; hands full chunks to another thread, a few at most."""

    def __init__(self) -> None:
        self.chunks: queue.Queue[bytes | None] = queue.Queue(maxsize=4)
        self.stopped = threading.Event()
        self.error: BaseException | None = None
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, row: bytes) -> None:
        self._parts.append(row)
        self._size += len(row)
        if self._size >= CHUNK_BYTES:
            self.flush()

    def flush(self) -> None:
        self._put(b"".join(self._parts))
        self._parts, self._size = [], 0

    def end(self) -> None:
        self._put(None)

    def _put(self, chunk: bytes | None) -> None:
        while not self.stopped.is_set():
            try:
                return self.chunks.put(chunk, timeout=0.1)
            except queue.Full:
                continue
        raise _Stopped


def _copy(statement: sql.Composed) -> Iterator[bytes]:
    """Run a COPY ... TO STDOUT and hand on what it writes. The driver pushes and a response pulls: hence the thread.

    The connection is this thread's own and rests here until the copy has ended.
    """
    connection.ensure_connection()
    raw = connection.connection
    sink = _Sink()

    def run() -> None:
        try:
            with raw.cursor() as cursor:
                cursor.copy_expert(statement, sink)
            sink.flush()
        except BaseException as error:  # handed to the reading thread, which raises it
            sink.error = error
        finally:
            if not sink.stopped.is_set():
                sink.end()

    thread = threading.Thread(target=run, name="survey-export", daemon=True)
    thread.start()
    try:
        while (chunk := sink.chunks.get()) is not None:
            yield chunk
    finally:
        sink.stopped.set()
        thread.join()
    if sink.error is not None:
        raise sink.error
