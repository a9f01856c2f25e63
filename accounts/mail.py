"""Turning a row of the outbox into a mail, or into a line for the home page, at the moment of sending.

The words lie in templates/emails/<kind>/{subject.txt,body.txt,body.html}.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import format_datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine, Template, TemplateSyntaxError
from django.template.exceptions import TemplateDoesNotExist
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import calendar_file
from accounts.models import Guardian, Message, User
from accounts.models.message_choice import TOPIC_OF

BOOKING = frozenset({"partner", "starts_at", "ends_at", "period", "room", "tool", "goal", "path", "role"})
SERIES = BOOKING | {"all_at"}
PLAYGROUND = frozenset({"title", "starts_at", "ends_at", "period", "room", "path", "role"})
LOG = frozenset({"partner", "starts_at", "ends_at", "period", "path"})
SURVEY = frozenset({"title", "closes_at", "path"})


@dataclass(frozen=True)
class Kind:
    """One kind of message: what staff call it, and the keys that its context must have.

    Keys that end in `_at` are instants as ISO strings, or lists of them. `path` is the address on our site
    ("/bookings/12/"), `partner` the short name of the other person, `role` the recipient's part in it ("teacher" or
    "mentor"), `period` and `goal` may be empty.
    """

    words: Promise
    needs: frozenset[str]
    # Why it comes, said at its foot, in one sentence.
    reason: Promise | str = ""
    # `to` in the context is the address, in the place of the recipient's own: the one that was hers until now.
    is_to_former_address: bool = False
    # A word of SecretLink.Purpose, or "password": `path` holds "{secret}", and the secret is made at the moment of
    # sending.
    link_purpose: str = ""


IN_SESSION = _("You get this because you are in this session.")
SIGNS_IN = _("You get this because it is about the way you sign in. It always comes.")
SURVEYED = _("You get this because a survey of your program is open and you have not said that you are done.")

KINDS: dict[str, Kind] = {
    "booking_made": Kind(_("new booking"), BOOKING, IN_SESSION),
    "booking_moved": Kind(_("booking moved"), BOOKING, IN_SESSION),
    "booking_mentor_changed": Kind(_("another mentor helps"), BOOKING, IN_SESSION),
    "booking_cancelled": Kind(_("booking cancelled"), BOOKING, _("You get this because you were in this session.")),
    "booking_series_made": Kind(_("new bookings for many weeks"), SERIES, IN_SESSION),
    "booking_series_cancelled": Kind(
        _("bookings of many weeks cancelled"), SERIES, _("You get this because you were in this session.")
    ),
    "booking_reminder": Kind(_("reminder of a booking"), BOOKING, IN_SESSION),
    "playground_reminder": Kind(_("reminder of a tech playground"), PLAYGROUND, IN_SESSION),
    "playground_changed": Kind(_("tech playground changed"), PLAYGROUND, IN_SESSION),
    "playground_released": Kind(
        _("not needed at a tech playground"), PLAYGROUND, _("You get this because you were in this session.")
    ),
    "playground_offer": Kind(
        _("a place at a tech playground is free"),
        PLAYGROUND | {"until_at"},
        _("You get this because you are on the waiting list."),
    ),
    "playground_cancelled": Kind(
        _("tech playground cancelled"), PLAYGROUND, _("You get this because you were in this session.")
    ),
    "log_missing": Kind(
        _("help that is not logged yet"),
        LOG,
        _("You get this because you helped in this session and wrote no log yet."),
    ),
    "daily_digest": Kind(
        _("daily mail to coordinators"),
        frozenset({"path", "day", "needs"}),
        _("You get this because you are a coordinator and something needs you today."),
    ),
    "sign_in_changed": Kind(_("how somebody signs in was changed"), frozenset({"path", "what"}), SIGNS_IN),
    "address_changed": Kind(_("new e-mail address"), frozenset({"path", "to"}), SIGNS_IN, is_to_former_address=True),
    "concern_raised": Kind(
        _("somebody needs help"),
        frozenset({"path"}),
        _("You get this because you are one of those who answer calls for help. It always comes."),
    ),
    "guardian_consent": Kind(
        _("a guardian is asked for consent"),
        frozenset({"path", "student", "texts"}),
        _("You get this because the school has you on record as a guardian."),
        link_purpose="guardian_consent",
    ),
    "invitation": Kind(
        _("invitation to Flipside"),
        frozenset({"path", "user_name", "days"}),
        _("You get this because your school made an account for you."),
        link_purpose="invitation",
    ),
    "password_link": Kind(
        _("link for a new password"), frozenset({"path", "user_name"}), SIGNS_IN, link_purpose="password"
    ),
    "survey_invitation": Kind(_("invitation to a survey"), SURVEY, SURVEYED),
    "survey_reminder": Kind(_("reminder of a survey"), SURVEY, SURVEYED),
}


class CannotRender(Exception):
    """A message whose text can't be made; says why in English, for the coordinator's list."""


def render(message: Message, *, now: dt.datetime, secret: str = "") -> EmailMultiAlternatives:
    """Make the mail in the recipient's language and the school's time zone, with the Message-ID of the row.

    `secret` takes its place in the link of a kind that has one: it stands in the mail and never in the row.
    Raises CannotRender. The recipient must have an e-mail address.
    """
    with _reading_as(message, secret) as context:
        subject = _one_line(_words(message.kind, "subject.txt", context))
        text = _words(message.kind, "body.txt", context)
        html = _words(message.kind, "body.html", context)
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[address_of(message)],
        headers={"Message-ID": message.message_id, "Date": format_datetime(now), "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(html, "text/html")
    _add_calendar_files(mail, calendar_file.each_of(message.calendar_file))
    return mail


def _add_calendar_files(mail: EmailMultiAlternatives, files: list[str]) -> None:
    """The one file as another way to read the mail, which mail programs take as an invitation, and again to save.

    Several as so many attachments, one for each date, each to be opened by itself: of a mail that were several
    invitations at once Outlook would read the first.
    """
    kinds = [f"text/calendar; method={calendar_file.method_of(file)}" for file in files]
    if len(files) == 1:
        mail.attach_alternative(files[0], kinds[0])
        mail.attach("flipside.ics", files[0].encode(), "application/ics")
        return
    for number, (file, kind) in enumerate(zip(files, kinds, strict=True), start=1):
        mail.attach(f"flipside-{number}.ics", file, kind)


def render_subject(message: Message) -> str:
    """The subject alone: what the home page says to somebody without an e-mail address. Raises CannotRender."""
    with _reading_as(message) as context:
        return _one_line(_words(message.kind, "subject.txt", context))


def recipient_of(message: Message) -> User | Guardian:
    """The one whom the message is for."""
    recipient = message.user or message.guardian
    assert recipient is not None  # accounts_message_one_recipient
    return recipient


def address_of(message: Message) -> str:
    """Where the mail goes: the recipient's address, but for news to a former one; empty where there is none."""
    kind = KINDS.get(message.kind)
    if kind and kind.is_to_former_address:
        return str(message.context.get("to", ""))
    return recipient_of(message).email or ""


def link_purpose_of(message: Message) -> str:
    """For what a secret must be made when this message is sent; empty for the most."""
    kind = KINDS.get(message.kind)
    return kind.link_purpose if kind else ""


@contextmanager
def _reading_as(message: Message, secret: str = "") -> Iterator[dict[str, Any]]:
    """Switch to the recipient's language and the school's clock, and answer what the templates may use."""
    recipient = recipient_of(message)
    with translation.override(recipient.language), timezone.override(message.school.zone):
        yield {
            **_facts(message, secret),
            "name": _called(recipient),
            "school": message.school.name,
            "lead_minutes": message.lead_minutes,
            "reason": KINDS[message.kind].reason,
            "choices_link": _link_to_choices(message),
        }


def _link_to_choices(message: Message) -> str:
    """Where the recipient chooses how messages of this topic come; empty where there is nothing to choose."""
    return settings.SITE_URL + reverse("my_messages") if message.user_id and message.kind in TOPIC_OF else ""


def _facts(message: Message, secret: str) -> dict[str, Any]:
    """The context of the row, instants as datetimes, the path as an address that a mail program can open."""
    kind = KINDS.get(message.kind)
    if kind is None:
        raise CannotRender(f"There is no kind of message called {message.kind!r}.")
    if missing := sorted(kind.needs - message.context.keys()):
        raise CannotRender(f"The message lacks {', '.join(missing)}.")
    facts: dict[str, Any] = {
        name: _instants(name, value) if name.endswith("_at") else value for name, value in message.context.items()
    }
    if needs := message.context.get("needs"):
        facts["needs"] = [need | {"link": settings.SITE_URL + need["path"]} for need in needs]
    return facts | {"link": settings.SITE_URL + str(facts["path"]).replace("{secret}", secret)}


def _instants(name: str, value: Any) -> dt.datetime | list[dt.datetime]:
    return [_instant(name, one) for one in value] if isinstance(value, list) else _instant(name, value)


def _instant(name: str, value: Any) -> dt.datetime:
    try:
        instant = dt.datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise CannotRender(f"The message's {name} is no time.") from error
    if timezone.is_naive(instant):
        raise CannotRender(f"The message's {name} has no time zone.")
    return instant


def _called(recipient: User | Guardian) -> str:
    if isinstance(recipient, Guardian):
        return recipient.name
    return recipient.given_name if recipient.is_student else recipient.short_name


def _words(kind: str, file: str, context: dict[str, Any]) -> str:
    template = _template(kind, file)
    try:
        return template.render(Context(context, autoescape=file.endswith(".html"))).strip()
    except Exception as error:  # whatever a template trips over is this message's trouble alone
        raise CannotRender(f"Its text could not be made: {type(error).__name__}.") from error


@cache
def _template(kind: str, file: str) -> Template:
    try:
        return Engine.get_default().get_template(f"emails/{kind}/{file}")
    except (TemplateDoesNotExist, TemplateSyntaxError) as error:
        raise CannotRender(f"There is no text for {kind!r}: {type(error).__name__}.") from error


def _one_line(subject: str) -> str:
    """A header has one line, whatever somebody typed into a title."""
    return " ".join(subject.split())
