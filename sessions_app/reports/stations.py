"""Who stands at which station of a playground, and which playgrounds lack somebody."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import F, OuterRef, Q, Subquery

from accounts.models import User
from mentorship.models import MentorTool, Tool
from sessions_app.models import Station
from sessions_app.models.playground import PlaygroundSessionQuerySet
from sessions_app.reports.agenda import playgrounds_for

# How long before it begins too few teachers are a matter for the coordinator, over a weekend too.
SOON = dt.timedelta(days=4)


def place_mentors(
    mentors: Sequence[User], tools: Iterable[Tool], *, before: Mapping[int, int | None] | None = None
) -> dict[int, int | None]:
    """The tool at whose station each mentor stands, by the mentor's id; None for who goes where help is needed.

    Who stands somewhere already (`before`, by the same ids) stays while that station is there. Of the others, who knows
    the fewest of the tools comes first, and each goes to the emptiest station whose tool she knows. One statement.
    """
    wanted = [tool.pk for tool in tools]
    knows: dict[int, set[int]] = {mentor.pk: set() for mentor in mentors}
    known = MentorTool.objects.filter(mentor__user__in=knows, tool__in=wanted)
    for person, tool in known.values_list("mentor__user", "tool"):
        knows[person].add(tool)
    stands: dict[int, int | None] = {
        person: tool for person, tool in (before or {}).items() if person in knows and (tool is None or tool in wanted)
    }
    crowd = Counter(tool for tool in stands.values() if tool is not None)
    for person in sorted(knows.keys() - stands.keys(), key=lambda person: (len(knows[person]), person)):
        station = min((tool for tool in wanted if tool in knows[person]), key=lambda tool: crowd[tool], default=None)
        stands[person] = station
        if station is not None:
            crowd[station] += 1
    return stands


def playgrounds_that_lack(user: User, now: dt.datetime) -> PlaygroundSessionQuerySet:
    """The playgrounds ahead without mentors, with a station where nobody stands, or soon and with too few teachers.

    As `playgrounds_for`, with `empty_station`: the name of the first such station's tool.
    """
    empty = Station.objects.filter(playground=OuterRef("pk"), duties=None)
    return (
        playgrounds_for(user)
        .ahead_of(now)
        .annotate(empty_station=Subquery(empty.values("tool__name")[:1]))
        .filter(
            Q(duty_count=0)
            | Q(empty_station__isnull=False)
            | Q(starts_at__lt=now + SOON, sign_up_count__lt=F("minimum"))
        )
    )
