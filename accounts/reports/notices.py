"""What somebody without an e-mail address, or who chose it so, reads on the home page instead of mails."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from accounts import mail
from accounts.models import Message, User

SHOWN = 10


@dataclass(frozen=True)
class Notice:
    """One line: the subject that the mail would have had, and where it leads ("/bookings/12/")."""

    text: str
    url: str
    event_at: dt.datetime


def notices_for(user: User, *, now: dt.datetime) -> list[Notice]:
    """The newest message about each thing that still lies ahead, the soonest first, at most ten; one query."""
    newest = (
        Message.objects.on_home_page_of(user, now)
        .exclude(context={})
        .order_by("about", "-sent_at", "-pk")
        .distinct("about")
        .select_related("school", "user", "guardian")
        .defer("calendar_file")
    )
    notices = []
    for message in sorted(newest, key=lambda message: message.event_at):
        try:
            notices.append(Notice(mail.render_subject(message), message.context["path"], message.event_at))
        except mail.CannotRender:  # written by an older version of the program; it could be shown when it was sent
            continue
    return notices[:SHOWN]
