"""What the drills count, and what they say of it: whatever may never be is seen."""

from collections.abc import Iterator
from email.message import Message as Letter

import pytest

from accounts.models import Message
from drills.__main__ import main
from drills.faults import FAULTS
from drills.letters import ABOUT, Post, Tally, write_due
from drills.row import Row, lines
from tests.accounts.smtp_sink import Sink
from tests.cast import Cast

State = Message.State


class Drilled:
    """Ten reminders that came due, and a mail server at which as many arrived as a test says."""

    def __init__(self, cast: Cast, sink: Sink) -> None:
        self.post = Post(cast.school.pk, sink)
        write_due([cast.teacher], count=10, over=0)
        self.rows = list(Message.objects.filter(about__startswith=ABOUT).order_by("pk"))
        for row in self.rows:
            self.end(row, State.SENT, channel=Message.Channel.MAIL, sent_at=row.due_at)

    def end(self, row: Message, state: str, **more: object) -> None:
        Message.objects.filter(pk=row.pk).update(state=state, **more)

    def arrive(self, *message_ids: str) -> None:
        for message_id in message_ids:
            letter = Letter()
            letter["Message-ID"] = message_id
            self.post.sink.letters.append(letter)

    def tally(self) -> Tally:
        return self.post.tally()


@pytest.fixture
def drilled(cast: Cast) -> Iterator[Drilled]:
    with Sink() as sink:
        yield Drilled(cast, sink)


def test_reminders_that_arrived_once_are_neither_lost_nor_doubled(drilled: Drilled) -> None:
    drilled.arrive(*(row.message_id for row in drilled.rows))

    tally = drilled.tally()

    assert (tally.due, tally.lost, tally.doubled, tally.in_flight, tally.unknown) == (10, [], [], 0, 0)
    assert tally.ends == {"sent": 10}


@pytest.mark.parametrize("state", [State.WAITING, State.SENDING])
def test_reminder_that_did_not_end_is_lost(drilled: Drilled, state: str) -> None:
    drilled.arrive(*(row.message_id for row in drilled.rows[1:]))

    drilled.end(drilled.rows[0], state, claimed_at=drilled.rows[0].due_at)

    (lost,) = drilled.tally().lost
    assert f"{ABOUT}0 is {state}" in lost


def test_reminder_that_is_called_sent_and_did_not_arrive_is_lost(drilled: Drilled) -> None:
    drilled.arrive(*(row.message_id for row in drilled.rows[1:]))

    assert len(drilled.tally().lost) == 1


@pytest.mark.parametrize("state", [State.CANCELLED, State.PARKED, State.FAILED])
def test_reminder_that_ended_visibly_is_not_lost(drilled: Drilled, state: str) -> None:
    drilled.arrive(*(row.message_id for row in drilled.rows[1:]))

    drilled.end(drilled.rows[0], state)

    assert drilled.tally().lost == []
    assert drilled.tally().ends[state] == 1


def test_second_mail_is_doubled_unless_it_was_in_flight(drilled: Drilled) -> None:
    first, second, third, *_others = ids = [row.message_id for row in drilled.rows]
    drilled.arrive(*ids, first, second, third, third)

    drilled.post.unsure = {second, third}

    tally = drilled.tally()
    assert tally.in_flight == 1  # once more, and not twice
    assert len(tally.doubled) == 2


def test_only_what_is_claimed_and_has_arrived_is_in_flight(drilled: Drilled) -> None:
    first, second, third, *_others = drilled.rows
    drilled.arrive(first.message_id, second.message_id)

    for row in (first, third):
        drilled.end(row, State.SENDING, claimed_at=row.due_at)
    drilled.post.note_in_flight()

    assert drilled.post.unsure == {first.message_id}


def test_mail_of_which_no_row_knows_is_noticed(drilled: Drilled) -> None:
    drilled.arrive("<nobody@wrote.this>")

    assert drilled.tally().unknown == 1


@pytest.mark.parametrize(
    ("name", "found"),
    [("gone", [7]), ("half", [("room 1",)]), ("broken", ["500"]), ("lost", ["x"]), ("doubled", ["x"])],
)
def test_row_is_wrong_for_each_thing_that_may_never_be(name: str, found: list[object]) -> None:
    row = Row(booked=5)
    row.judge({})
    assert row.cells()[-1] == "holds"

    setattr(row, name, found)
    row.judge({})

    assert row.cells()[-1] == "WRONG"
    assert len(row.wrong) == 1


def test_row_is_wrong_where_nobody_booked_or_a_limit_is_passed() -> None:
    idle, slow = Row(), Row(booked=1)

    idle.judge({"too slow": False})
    slow.judge({"too slow": True})

    assert idle.wrong == ["nobody booked: this proves nothing"]
    assert slow.wrong == ["too slow"]


def test_table_adds_counts_takes_the_longest_times_and_says_what_did_not_run() -> None:
    quick, slow = Row(booked=2, mail_s=1.0), Row(booked=3, mail_s=4.0, lost=["x"])
    for row in (quick, slow):
        row.judge({})

    head, both, absent = lines({"two-beats": [quick, slow], "disk-full": "a disk of its own takes root"})

    cells = dict(zip(head.split()[:2] + ["booked"], both.split()[:3], strict=True))
    assert cells == {"drill": "two-beats", "runs": "2", "booked": "5"}
    assert both.split()[-2:] == ["4.0", "WRONG"]
    assert absent.endswith("not run here: a disk of its own takes root")


def test_unknown_drill_is_named_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main("postgres-killed,earthquake", 1, 1) == 2

    said = capsys.readouterr().err
    assert "There is no drill earthquake" in said
    assert all(name in said for name in FAULTS)
