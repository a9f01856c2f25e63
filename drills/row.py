"""What came of a drill: one row, several added up, and the table of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from drills.storm import Outcome

HEAD = (
    "drill", "runs", "booked", "gone", "half", "500", "503", "cut", "due", "lost", "doubled", "flight", "parked",
    "page s", "web s", "rest s", "mail s", "verdict",
)  # fmt: skip


@dataclass
class Row:
    """Counts are sums, times the longest. Lists hold what is wrong, in words."""

    booked: int = 0
    gone: list[int] = field(default_factory=list)
    half: list[Any] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    away: int = 0
    unanswered: int = 0
    due: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    in_flight: int = 0
    parked: int = 0
    page_s: float = 0.0
    web_s: float = 0.0
    rest_s: float = 0.0
    mail_s: float = 0.0
    wrong: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, outcome: Outcome, *, gone: list[int], half: list[Any]) -> Self:
        """Of what the clients of a storm were answered, and of what was found in the database afterwards."""
        return cls(
            booked=len(outcome.promised),
            gone=gone,
            half=half,
            broken=outcome.broken,
            away=outcome.away,
            unanswered=outcome.unanswered,
        )

    def judge(self, more: Mapping[str, bool]) -> None:
        """Note what may never be, and which of these sentences are true."""
        never = {
            "booked and not there": self.gone,
            "half done": self.half,
            "500": self.broken,
            "lost": self.lost,
            "doubled": self.doubled,
        }
        self.wrong = [f"{words}: {found[:5]}" for words, found in never.items() if found]
        self.wrong += [words for words, is_true in more.items() if is_true]
        if not self.booked:
            self.wrong.append("nobody booked: this proves nothing")

    def cells(self) -> tuple[str, ...]:
        """As the head of the table has it, from "booked" to the verdict."""
        counts = (
            self.booked, len(self.gone), len(self.half), len(self.broken), self.away, self.unanswered, self.due,
            len(self.lost), len(self.doubled), self.in_flight, self.parked,
        )  # fmt: skip
        times = (self.page_s, self.web_s, self.rest_s, self.mail_s)
        verdict = "WRONG" if self.wrong else "holds"
        return (*map(str, counts), *(f"{seconds:.1f}" for seconds in times), verdict)


def added(rows: list[Row]) -> Row:
    """Several runs as one."""
    whole = Row()
    for one in fields(Row):
        values = [getattr(row, one.name) for row in rows]
        setattr(whole, one.name, max(values) if one.name.endswith("_s") else sum(values, type(values[0])()))
    return whole


def lines(found: Mapping[str, list[Row] | str]) -> list[str]:
    """One line for each drill, under a head; a drill that could not run says why."""
    table: list[tuple[str, ...]] = [HEAD]
    for name, rows in found.items():
        if isinstance(rows, str):
            table.append((name, "0", *[""] * (len(HEAD) - 3), f"not run here: {rows}"))
        else:
            table.append((name, str(len(rows)), *added(rows).cells()))
    widths = [max(len(line[place]) for line in table) for place in range(len(HEAD) - 1)]
    return [
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:-1], widths[1:]), line[-1]]).rstrip()
        for line in table
    ]
