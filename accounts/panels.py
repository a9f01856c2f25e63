"""What an app shows on somebody's home page."""

from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Panel:
    """One piece of the home page: a template and what it needs; lower `order` stands higher in its column."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    order: int = 50
    column: Literal["main", "side"] = "main"
