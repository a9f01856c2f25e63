"""Sending what is due: each message ends sent, cancelled, parked or visibly failed, or waits for the next scan."""

from __future__ import annotations

import datetime as dt
import smtplib
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from accounts import mail, outbox
from accounts.models import Guardian, Message, User
from accounts.models.message_choice import TOPIC_OF
from accounts.services.password_link import PASSWORD, password_secret
from accounts.services.secret_link import mint_link

BATCH = 50
# So many sent mails are marked together, or fewer after this long: a killed worker repeats these at most. Each in a
# transaction of its own costs a third of the rate.
GROUP = 10
GROUP_SECONDS = 0.2
# How long mail rests when the server does not answer.
AWAY_PAUSE = dt.timedelta(seconds=30)
# A claim is renewed long before it could be taken for a dead worker's, even if the next mail takes its time.
RENEW_AFTER_SECONDS = 10
# How old the answer to "was it withdrawn since it was claimed?" may be; asking for each mail costs a third of the rate.
LOOK_AGAIN_SECONDS = 0.2
# One mail at which the connection breaks may be the mail's own fault; two in a row are the server's.
BROKEN_IN_A_ROW = 2
SERVICE_NOT_AVAILABLE = 421


class ServerAway(Exception):
    """The mail server takes nothing at the moment, whatever the message; the text is what it said, if anything."""


class MailServer:
    """One connection to the mail server, opened when the first mail needs it."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None

    def send(self, letter: EmailMessage) -> None:
        """Hand one mail over. Raises ServerAway if there is no connection to be had, else what smtplib raises."""
        if self._connection is None:
            connection = get_connection()
            try:
                connection.open()
            except OSError as error:  # smtplib's errors are OSErrors too: refused, hanging, wrong password
                raise ServerAway(type(error).__name__) from error
            self._connection = connection
        self._connection.send_messages([letter])

    def hang_up(self) -> None:
        """Close the connection, whatever state it is in."""
        if self._connection is not None:
            with suppress(OSError):
                self._connection.close()
            self._connection = None


class SentGroup:
    """The mails that the server has taken and that are not yet marked as sent."""

    def __init__(self, now: Callable[[], dt.datetime]) -> None:
        self._now = now
        self._messages: list[Message] = []
        self._since = 0.0

    def add(self, message: Message) -> None:
        """One more was taken; the group is marked when it is full or old."""
        if not self._messages:
            self._since = time.monotonic()
        self._messages.append(message)
        if len(self._messages) >= GROUP or time.monotonic() - self._since > GROUP_SECONDS:
            self.mark()

    def mark(self) -> None:
        """Write down, in one statement, that these were sent."""
        if self._messages:
            outbox.mark_sent(self._messages, channel=Message.Channel.MAIL, now=self._now())
            self._messages = []


def deliver_due(*, now: Callable[[], dt.datetime]) -> Counter[str]:
    """Send all that is due, batch by batch over one connection each; answers how many ended how.

    That they were sent is written for GROUP mails together, so that a killed worker repeats at most these, with the
    same Message-ID; whatever else happens to a message is written at once. `now` is a clock and not a moment: a scan
    may take minutes. Any number of scans may run at once.
    """
    outbox.release_stale_claims()
    tally: Counter[str] = Counter()
    away_since: dt.datetime | None = None
    while batch := outbox.claim_due(away_since or now(), limit=BATCH):
        homes = outbox.chosen_for_home(batch)
        letters = [message for message in batch if not _ends_without_mail(message, homes, tally, now())]
        if away_since is None:
            unsent, detail = _send_batch(letters, tally, now)
            away_since = now() if unsent else None
        else:
            unsent = letters
        if unsent and away_since:
            outbox.put_back(unsent, until=away_since + AWAY_PAUSE, reason=outbox.SERVER_AWAY, detail=detail)
            tally["put back"] += len(unsent)
    return tally


def _ends_without_mail(message: Message, homes: set[tuple[int, str]], tally: Counter[str], now: dt.datetime) -> bool:
    """Deal with a message that needs no mail server: nobody there, too late, or for the home page."""
    recipient = mail.recipient_of(message)
    person = recipient.student if isinstance(recipient, Guardian) else recipient
    if not person.is_active:
        outbox.mark_cancelled(message, reason=outbox.HAS_LEFT)
        tally["cancelled"] += 1
    elif message.lead_minutes and message.event_at <= now:
        outbox.mark_failed(message, reason=outbox.TOO_LATE)
        tally["failed"] += 1
    elif mail.address_of(message) and (message.user_id, TOPIC_OF.get(message.kind)) not in homes:
        return False
    elif isinstance(recipient, Guardian):
        outbox.mark_failed(message, reason=outbox.NO_ADDRESS)
        tally["failed"] += 1
    else:
        tally[_show_at_home(message, now)] += 1
    return True


def _show_at_home(message: Message, now: dt.datetime) -> str:
    """Put it on the home page of somebody without e-mail, or who chose that, once it can be shown there."""
    try:
        mail.render_subject(message)
    except mail.CannotRender as error:
        outbox.mark_failed(message, reason=outbox.NO_TEXT, detail=str(error))
        return "failed"
    if message.pk not in outbox.still_claimed([message]):
        return "withdrawn"
    outbox.mark_sent([message], channel=Message.Channel.HOME, now=now)
    return "home"


def _send_batch(
    letters: list[Message], tally: Counter[str], now: Callable[[], dt.datetime]
) -> tuple[list[Message], str]:
    """Send one after the other; answers what was not tried since the server went away, and what it said."""
    server, sent, broken = MailServer(), SentGroup(now), 0
    claimed = looked = time.monotonic()
    wanted = {message.pk for message in letters}
    try:
        for place, message in enumerate(letters):
            if (elapsed := time.monotonic() - claimed) > RENEW_AFTER_SECONDS:
                outbox.renew_claims(letters[place:], elapsed=dt.timedelta(seconds=elapsed))
                claimed += elapsed
            if time.monotonic() - looked > LOOK_AGAIN_SECONDS:
                wanted = outbox.still_claimed(letters[place:])
                looked = time.monotonic()
            if message.pk not in wanted:
                tally["withdrawn"] += 1
                continue
            try:
                outcome = _send(message, server, sent, now)
            except ServerAway as away:
                return letters[place:], str(away)
            tally[outcome] += 1
            broken = broken + 1 if outcome == "broken off" else 0
            if broken == BROKEN_IN_A_ROW:
                return letters[place + 1 :], ""
    finally:
        sent.mark()
        server.hang_up()
    return [], ""


def _send(message: Message, server: MailServer, sent: SentGroup, now: Callable[[], dt.datetime]) -> str:
    """Send one message and write down how it ended; answers that in a word. Raises ServerAway."""
    try:
        letter = mail.render(message, now=now(), secret=_secret_for(message, now()))
    except mail.CannotRender as error:
        outbox.mark_failed(message, reason=outbox.NO_TEXT, detail=str(error))
        return "failed"
    try:
        server.send(letter)
    except ServerAway:
        raise
    except smtplib.SMTPRecipientsRefused as error:
        code, reply = next(iter(error.recipients.values()))
        return _refused(message, code, reply, now(), is_final=code >= 500)
    except smtplib.SMTPSenderRefused as error:  # our own address is refused: set-up, and no fault of this message
        return _refused(message, error.smtp_code, error.smtp_error, now(), is_final=False)
    except smtplib.SMTPResponseException as error:
        return _refused(message, error.smtp_code, error.smtp_error, now(), is_final=error.smtp_code >= 500)
    except smtplib.SMTPNotSupportedError as error:  # an address that this server can't write
        outbox.mark_failed(message, reason=outbox.REFUSED, detail=str(error))
        return "failed"
    except OSError as error:  # dropped or too slow, perhaps after it was taken
        server.hang_up()
        return _broken_off(message, type(error).__name__, now())
    except Exception as error:  # a mail that can't be put into bytes is this message's trouble alone
        server.hang_up()
        outbox.mark_failed(message, reason=outbox.NO_TEXT, detail=type(error).__name__)
        return "failed"
    sent.add(message)
    return "sent"


def _secret_for(message: Message, now: dt.datetime) -> str:
    """A new secret for a mail that carries a link of its own: made now, so that it rests nowhere in the clear."""
    if not (purpose := mail.link_purpose_of(message)):
        return ""
    holder = mail.recipient_of(message)
    if purpose == PASSWORD and isinstance(holder, User):
        return password_secret(holder)
    return mint_link(purpose, holder=holder, by=None, now=now)[1]


def _refused(message: Message, code: int, reply: bytes | str, now: dt.datetime, *, is_final: bool) -> str:
    """Fail what is refused for good, try the rest again later; 421 says that the server takes no mail at all."""
    words = f"{code} {reply.decode(errors='replace') if isinstance(reply, bytes) else reply}"
    if code == SERVICE_NOT_AVAILABLE:
        raise ServerAway(words)
    if is_final:
        outbox.mark_failed(message, reason=outbox.REFUSED, detail=words)
        return "failed"
    has_failed = outbox.mark_for_retry(message, reason=outbox.REFUSED, detail=words, now=now)
    return "failed" if has_failed else "retried"


def _broken_off(message: Message, detail: str, now: dt.datetime) -> str:
    """Nobody knows whether it left: it is sent again under the same Message-ID, a survey message waits for a look."""
    if message.kind.startswith(outbox.PARKED_WHEN_UNSURE):
        outbox.park(message, reason=outbox.BROKEN_OFF, detail=detail)
    else:
        outbox.mark_for_retry(message, reason=outbox.BROKEN_OFF, detail=detail, now=now)
    return "broken off"
