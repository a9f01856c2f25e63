"""Messages on their way, as the tests of delivery make and read them."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from accounts.models import Message
from tests.accounts.outbox_rows import make_message
from tests.cast import NOW, Cast

State = Message.State


def clock(moment: dt.datetime = NOW) -> Callable[[], dt.datetime]:
    return lambda: moment


def ended(message: Message) -> tuple[str, int, str]:
    message.refresh_from_db()
    return message.state, message.attempts, message.error


def many(cast: Cast, count: int, **changes: Any) -> list[Message]:
    return [make_message(cast.teacher, about=f"booking:{number}", **changes) for number in range(count)]
