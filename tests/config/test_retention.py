"""What each night ends, school by school, and the pages that say and set how long."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import pytest
import time_machine

from accounts.models import (
    Concern,
    Consent,
    ErasureRequest,
    Job,
    Message,
    RetentionReport,
    RosterUpload,
    School,
    User,
)
from config import personal_data
from config.personal_data import KEPT
from mentorship.models import HelpEntry, HelpRequest, Pairing, Program, Step
from sessions_app.models import Booking, Duty, Hold, PlaygroundSession, SignUp
from tests import factories
from tests.accounts.outbox_rows import make_message
from tests.cast import NOW, TODAY, Cast
from tests.config.old_rows import old_rows
from tests.world import World, make_world

DAY = dt.timedelta(days=1)
OTHERS = {"ended_accounts", "help_texts", "meetings"}  # these have tests of their own
LATER = 20_000  # days: longer than anything is kept


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def expire(school: School, *, today: dt.date) -> dict[str, int]:
    """A night of this school, at noon of its day."""
    return personal_data.expire(school, now=dt.datetime.combine(today, dt.time(12), school.zone))


def keep(school: School, **days: int) -> School:
    """This school keeps these kinds so many days, the others as is usual."""
    school.retention_days = days
    school.save()
    return school


@pytest.mark.parametrize("kept", [kept for kept in KEPT if kept.key not in OTHERS], ids=lambda k: k.key)
def test_row_ends_on_the_first_day_after_its_time(cast: Cast, kept) -> None:
    keep(cast.school, **{other.key: other.maximum for other in KEPT})
    cast.school.retention_days[kept.key] = kept.minimum
    cast.school.save()
    old_rows(cast, TODAY - kept.minimum * DAY + DAY)

    too_early = expire(cast.school, today=TODAY)[kept.key]
    ended = expire(cast.school, today=TODAY + DAY)[kept.key]

    assert (too_early, ended) == (0, 2 if kept.key in {"imports", "reports"} else 1)


def test_second_run_ends_nothing_more_and_the_report_stays(cast: Cast) -> None:
    old_rows(cast, TODAY - LATER * DAY)

    first = expire(cast.school, today=TODAY)
    second = expire(cast.school, today=TODAY)

    report = RetentionReport.objects.get(school=cast.school, date=TODAY)
    assert set(first) == {kept.key for kept in KEPT} - OTHERS
    assert second == {}
    assert report.counts == dict(first)


def test_what_still_waits_or_stands_is_never_ended(cast: Cast) -> None:
    long_ago = NOW - LATER * DAY
    make_message(cast.teacher, due_at=long_ago, event_at=long_ago)
    make_message(cast.teacher, about="b:2", due_at=long_ago, event_at=NOW + DAY, state="failed")
    Concern.objects.create(school=cast.school, raised_by=cast.mentor, text="I am ill", raised_at=long_ago)
    Job.objects.create(school=cast.school, by=cast.coordinator, kind="x")
    ErasureRequest.objects.create(person=cast.teacher, asked_at=long_ago)

    assert expire(cast.school, today=TODAY) == {}
    assert Message.objects.count() == 2
    assert Concern.objects.get().text == "I am ill"
    assert Consent.objects.filter(withdrawn_on=None).count() == 4


def test_call_for_help_loses_words_and_stays_as_a_day(cast: Cast) -> None:
    old_rows(cast, TODAY - LATER * DAY)

    expire(cast.school, today=TODAY)

    concern = Concern.objects.get()
    assert (concern.text, concern.answer) == ("", "")
    assert concern.closed_by == cast.coordinator


@pytest.fixture
def closed_world(cast: Cast) -> World:
    """A whole program with words in it, closed a hundred days ago."""
    world = make_world(cast)
    HelpEntry.objects.update(note="n", goal="g", teacher_remark="r", state="changed", verdict="v",
                             verified_by=cast.coordinator, verified_at=NOW)  # fmt: skip
    HelpRequest.objects.update(text="t")
    Step.objects.update(agenda="a")
    Pairing.objects.update(state="closed", closed_on=TODAY, close_reason="c")
    Program.objects.update(closed_on=TODAY - 100 * DAY)
    return world


def test_words_of_a_closed_program_go_and_hours_stay(cast: Cast, closed_world: World) -> None:
    minutes = list(HelpEntry.objects.values_list("pk", "minutes", "state", "helped_on"))
    other = factories.HelpEntryFactory(note="Fine", program=factories.ProgramFactory(school=cast.school))
    keep(cast.school, help_texts=101)
    too_early = expire(cast.school, today=TODAY)["help_texts"]
    keep(cast.school, help_texts=100)

    ended = expire(cast.school, today=TODAY)["help_texts"]

    assert too_early == 0
    assert ended == 2 * (len(minutes)) + HelpRequest.objects.count() + Step.objects.count() + Pairing.objects.count()
    for entry in HelpEntry.objects.exclude(pk=other.pk):
        assert (entry.note, entry.goal, entry.teacher_remark, entry.verdict) == ("", "", "", "—")
    assert list(HelpEntry.objects.exclude(pk=other.pk).values_list("pk", "minutes", "state", "helped_on")) == minutes
    assert {step.agenda for step in Step.objects.all()} == {""}
    assert {pairing.close_reason for pairing in Pairing.objects.all()} == {"—"}
    assert {request.text for request in HelpRequest.objects.all()} == {""}
    assert HelpEntry.objects.get(pk=other.pk).note == "Fine"
    assert expire(cast.school, today=TODAY) == {}


def test_meetings_of_a_closed_program_go_with_their_holds(cast: Cast, closed_world: World) -> None:
    assert Booking.objects.exists()
    assert SignUp.objects.exists()
    keep(cast.school, meetings=100)

    ended = expire(cast.school, today=TODAY)["meetings"]

    assert ended > 3
    for model in (Booking, SignUp, Duty, Hold):
        assert not model.objects.exists()
    assert PlaygroundSession.objects.exists()
    assert HelpEntry.objects.exists()


def test_more_rows_than_a_batch_all_end(cast: Cast, monkeypatch) -> None:
    monkeypatch.setattr("accounts.personal_data.rules.BATCH", 2)
    for _ in range(5):
        RosterUpload.objects.create(school=cast.school, by=cast.coordinator, uploaded_at=NOW - LATER * DAY)

    assert expire(cast.school, today=TODAY) == {"imports": 5}


def test_other_schools_rows_are_left_alone(cast: Cast) -> None:
    old_rows(cast, TODAY - LATER * DAY)

    assert expire(cast.stranger.school, today=TODAY) == {}
    assert RetentionReport.objects.get(school=cast.stranger.school).counts == {}
    assert RosterUpload.objects.exists()


def test_number_outside_the_limits_is_taken_for_the_limit(cast: Cast) -> None:
    keep(cast.school, links=0)
    old_rows(cast, TODAY)

    assert expire(cast.school, today=TODAY) == {}
    assert expire(cast.school, today=TODAY + DAY)["links"] == 1


def test_ended_account_is_noted_and_its_person_erased_when_its_time_is_over(cast: Cast) -> None:
    keep(cast.school, ended_accounts=30)
    for person in (cast.mentor, cast.teacher, cast.admin):
        person.is_active = False
        person.save()
    noted = expire(cast.school, today=TODAY)
    expire(cast.school, today=TODAY + 10 * DAY)
    cast.teacher.is_active = True  # back in time
    cast.teacher.save(update_fields=["is_active"])
    too_early = expire(cast.school, today=TODAY + 29 * DAY)

    ended = expire(cast.school, today=TODAY + 30 * DAY)
    again = expire(cast.school, today=TODAY + 31 * DAY)

    mentor, teacher = User.objects.get(pk=cast.mentor.pk), User.objects.get(pk=cast.teacher.pk)
    assert [counts.get("ended_accounts", 0) for counts in (noted, too_early, ended, again)] == [0, 0, 2, 0]
    assert mentor.full_name == "Erased person"
    assert mentor.erased_at is not None
    assert (teacher.given_name, teacher.ended_on) == ("Ana", None)
    assert User.objects.get(pk=cast.coordinator.pk).ended_on is None


def test_person_who_cannot_be_erased_keeps_nobody_else(cast: Cast, caplog) -> None:
    User.objects.filter(pk__in=[cast.mentor.pk, cast.teacher.pk]).update(is_active=False, ended_on=TODAY - LATER * DAY)
    factories.PlaygroundSessionFactory(
        program=cast.program, adult_in_charge=cast.teacher, starts_at=NOW + DAY, ends_at=NOW + 2 * DAY
    )

    counts = expire(cast.school, today=TODAY)

    assert (counts["ended_accounts"], counts["stopped"]) == (1, 1)
    assert f"user {cast.teacher.pk} of school {cast.school.pk} could not be erased" in caplog.text
    assert User.objects.get(pk=cast.teacher.pk).given_name == "Ana"


class ComesBack:
    """An app in whose moment somebody takes the accounts of everybody else back."""

    CLAIMED = KEPT = ()
    __name__ = "comes_back"

    def erase(self, user: User, *, by: User | None, now: dt.datetime) -> None:
        User.objects.exclude(pk=user.pk).update(is_active=True)

    def expire(self, school: School, *, today: dt.date) -> Counter[str]:
        return Counter()


def test_account_that_is_taken_back_in_this_very_moment_is_left_alone(cast: Cast, monkeypatch) -> None:
    monkeypatch.setattr(personal_data, "APPS", (ComesBack(), *personal_data.APPS))
    ended = User.objects.filter(pk__in=[cast.mentor.pk, cast.teacher.pk])
    ended.update(is_active=False, ended_on=TODAY - LATER * DAY)

    counts = expire(cast.school, today=TODAY)

    assert counts == {"ended_accounts": 1}
    assert ended.filter(erased_at=None, is_active=True).count() == 1


def test_every_kind_has_sane_limits_and_a_key_of_its_own() -> None:
    assert len({kept.key for kept in KEPT}) == len(KEPT)
    assert all(1 <= kept.minimum <= kept.default <= kept.maximum <= 3650 for kept in KEPT)
