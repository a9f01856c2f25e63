"""A concern and a withdrawn consent free time at once; help is logged by whom it concerns."""

from collections.abc import Callable

import pytest

from accounts.models import Concern, Message
from accounts.services import Refused
from mentorship.models import HelpEntry, Pairing
from sessions_app.models import Booking, Hold
from sessions_app.services import log_help, raise_concern, schedule_playground, withdraw_take_part
from tests import factories
from tests.cast import NOW, Cast

Book = Callable[..., Booking]


def test_concern_pauses_the_pair_and_cancels_what_is_ahead(cast: Cast, book: Book) -> None:
    pairing = factories.PairingFactory(program=cast.program, teacher=cast.teacher, student=cast.mentor)
    booking, other = book(), book(teacher=cast.other_teacher, period=cast.periods[0])

    raise_concern(by=cast.mentor, about=cast.teacher, text="I am afraid", now=NOW)

    pairing.refresh_from_db(), booking.refresh_from_db(), other.refresh_from_db()
    assert pairing.state == Pairing.State.PAUSED
    assert not booking.is_standing
    assert other.is_standing
    assert Concern.objects.get().text == "I am afraid"


def test_nobody_is_told_why_a_concern_cancelled(cast: Cast, book: Book) -> None:
    book()

    raise_concern(by=cast.mentor, about=cast.teacher, text="I am afraid", now=NOW)

    booking = Booking.objects.get()
    assert booking.end_reason == ""
    texts = str(list(Message.objects.values_list("context", "calendar_file")))
    assert "afraid" not in texts


def test_concern_about_a_stranger_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused):
        raise_concern(by=cast.mentor, about=cast.stranger, text="", now=NOW)

    assert Concern.objects.count() == 0


def test_concern_about_nobody_cancels_nothing(cast: Cast, book: Book) -> None:
    booking = book()

    raise_concern(by=cast.mentor, about=None, text="", now=NOW)

    booking.refresh_from_db()
    assert booking.is_standing


def test_withdrawn_consent_ends_bookings_and_duties(cast: Cast, book: Book) -> None:
    book(), book(teacher=cast.other_teacher, period=cast.periods[0])
    schedule_playground(
        by=cast.coordinator, program=cast.program, title="Captions", tools=[], room=cast.library, places=5,
        adult_in_charge=cast.other_teacher, mentors=[cast.mentor, cast.other_mentor], day=cast.thursday,
        period=cast.periods[1], now=NOW,
    )  # fmt: skip

    count = withdraw_take_part(cast.mentor, by=cast.coordinator, now=NOW)

    assert count == 2
    assert not Hold.objects.filter(person=cast.mentor).exists()
    assert not Message.objects.waiting().filter(user=cast.mentor, kind__endswith="reminder").exists()
    assert Message.objects.waiting().filter(user=cast.other_mentor, kind="playground_reminder").exists()


def test_help_is_logged_once_and_changed_while_unverified(cast: Cast, book: Book) -> None:
    booking = book()
    help_given = {
        "by": cast.mentor, "tools": [cast.tool], "done": ["showed"], "outcome": "solved",
        "trouble": [], "note": "", "now": booking.ends_at,
    }  # fmt: skip

    entry = log_help(booking, minutes=25, **help_given)
    changed = log_help(booking, minutes=30, **help_given)

    assert changed == entry
    entry.refresh_from_db(), booking.refresh_from_db()
    assert (entry.minutes, entry.state, entry.goal) == (30, HelpEntry.State.SUBMITTED, "Persuasive texts")
    assert entry.helped_on == cast.thursday
    assert booking.help_entry == entry


def test_help_is_logged_only_by_the_mentor_and_only_once_it_began(cast: Cast, book: Book) -> None:
    booking = book()
    help_given = {
        "minutes": 25, "tools": [cast.tool], "done": [], "outcome": "solved", "trouble": [],
        "note": "",
    }  # fmt: skip

    with pytest.raises(Refused, match="Only the mentor"):
        log_help(booking, by=cast.other_mentor, now=booking.ends_at, **help_given)
    with pytest.raises(Refused, match="once it has begun"):
        log_help(booking, by=cast.mentor, now=NOW, **help_given)

    assert HelpEntry.objects.count() == 0
