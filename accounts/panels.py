"""What an app shows on somebody's home page."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Literal

from accounts.models import User
from accounts.reports.notices import notices_for


@dataclass(frozen=True)
class Panel:
    """One piece of the home page: a template and what it needs; lower `order` stands higher in its column."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    order: int = 50
    column: Literal["main", "side"] = "main"


def panels(user: User, now: dt.datetime) -> list[Panel]:
    """News for somebody without an e-mail address."""
    notices = [] if user.email else notices_for(user, now=now)
    return [Panel("accounts/_message_notices.html", {"notices": notices}, order=20)] if notices else []
