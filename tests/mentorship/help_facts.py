"""What a student says of her help."""

import datetime as dt
from typing import Any

from tests.cast import NOW, TODAY, Cast

LATER = NOW + dt.timedelta(days=1)


def facts(cast: Cast, **change: Any) -> dict[str, Any]:
    """What a student sends, with a change."""
    return {
        "program": cast.program,
        "student": cast.mentor,
        "teacher": cast.teacher,
        "minutes": 25,
        "tools": [cast.tool],
        "learner_group": "eb",
        "goal": "Read a lab sheet",
        "done": ["showed", "tried"],
        "outcome": "solved",
        "trouble": ["network"],
        "note": " It went well. ",
        "helped_on": TODAY,
        "by": cast.mentor,
        "now": NOW,
    } | change
