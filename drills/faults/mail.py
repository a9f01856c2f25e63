"""The mail server is slow, puts off, refuses, hangs, or breaks off after it took a mail."""

from __future__ import annotations

from collections.abc import Callable

from drills.play import Run
from tests.accounts.smtp_sink import Sink


def mail_slow(run: Run) -> None:
    """Every mail takes its time."""
    sink = run.scene.sink
    sink.seconds_a_mail = 0.2
    arrived = len(sink.letters)
    run.wait_until(lambda: len(sink.letters) > arrived + 5, "slow mails arrive")
    run.suffer()
    sink.seconds_a_mail = 0


def _say(sink: Sink, *, sender: str = "", data: str = "") -> None:
    sink.answer_to_sender, sink.answer_to_all_data = sender, data


def _troubled(begin: Callable[[Sink], None], end: Callable[[Sink], None]) -> Callable[[Run], None]:
    def trouble(run: Run) -> None:
        begin(run.scene.sink)
        run.wait_until(lambda: run.post.is_troubled(2), "reminders meet the trouble of the mail server")
        run.suffer()
        end(run.scene.sink)

    return trouble


mail_450 = _troubled(lambda sink: _say(sink, sender="450 later"), _say)
mail_refuses = _troubled(Sink.stop, Sink.listen)
mail_hangs = _troubled(lambda sink: _say(sink, data="hang"), _say)
mail_drops = _troubled(lambda sink: _say(sink, data="keep and drop"), _say)
