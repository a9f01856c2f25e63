"""What each night ends, school by school, and the pages that say and set how long."""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Iterator

import pytest
import time_machine
from django.urls import reverse

from accounts.models import (
    Concern,
    Consent,
    ErasureRequest,
    FlagRead,
    Job,
    Message,
    RetentionReport,
    RosterUpload,
    School,
    SecretLink,
    TrailEntry,
    User,
)
from config import personal_data
from config.celery import app
from config.personal_data import KEPT
from config.tasks import end_old_data
from mentorship.models import HelpEntry, HelpRequest, Pairing, Program, Step
from sessions_app.models import Booking, Duty, Hold, PlaygroundSession, SignUp
from tests import factories
from tests.accounts.outbox_rows import make_message
from tests.cast import NOW, TODAY, Cast
from tests.world import World, make_world

PAGE = "/school/retention/"
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


def old_rows(cast: Cast, day: dt.date) -> None:
    """One row of each kind of this app that was over on that day."""
    then = dt.datetime.combine(day, dt.time(12), dt.UTC)
    make_message(cast.teacher, state="sent", channel="mail", sent_at=then, due_at=then, event_at=then)
    SecretLink.objects.create(
        school=cast.school, purpose="invitation", user=cast.teacher, secret_hash="a" * 64, created_at=then - DAY,
        expires_at=then,
    )  # fmt: skip
    Concern.objects.create(
        school=cast.school, raised_by=cast.mentor, text="I am ill", answer="Rest", raised_at=then, closed_at=then,
        closed_by=cast.coordinator,
    )  # fmt: skip
    FlagRead.objects.create(school=cast.school, reader=cast.coordinator, student=cast.mentor, read_at=then)
    Consent.objects.filter(person=cast.other_mentor, given_by="guardian").update(given_on=day, withdrawn_on=day)
    RosterUpload.objects.create(school=cast.school, by=cast.coordinator, uploaded_at=then)
    Job.objects.create(school=cast.school, by=cast.coordinator, kind="x", state="done", finished_at=then)
    RetentionReport.objects.create(school=cast.school, date=day)
    ErasureRequest.objects.create(person=cast.teacher, asked_at=then, ended_at=then)
    TrailEntry.objects.create(
        at=then, school=cast.school, kind="accounts.Room", act="insert", object_id=1, origin="", people=[], changes={}
    )


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


class Broken:
    """An app whose part of the night fails."""

    def expire(self, school: School, *, today: dt.date) -> None:
        raise ValueError(f"no clearing for {school.pk}")

    __name__ = "broken"


def test_app_that_fails_stops_no_other_and_is_told(cast: Cast, monkeypatch, caplog, sign_in) -> None:
    old_rows(cast, TODAY - LATER * DAY)
    monkeypatch.setattr(personal_data, "APPS", (Broken(), *personal_data.APPS))

    counts = expire(cast.school, today=TODAY)

    assert (counts["stopped"], counts["messages"]) == (1, 1)
    assert "stopped in broken" in caplog.text
    page = sign_in(cast.coordinator).get(reverse("retention_report_list")).content.decode()
    assert "A part stopped early." in page


def test_night_goes_through_all_schools_by_their_own_day(cast: Cast) -> None:
    cast.stranger.school.time_zone = "Pacific/Kiritimati"  # it is Monday there already
    cast.stranger.school.save()

    end_old_data()

    days = {report.school: report.date for report in RetentionReport.objects.all()}
    assert days == {cast.school: TODAY, cast.stranger.school: TODAY + DAY}


def test_school_that_fails_stops_no_other(cast: Cast, caplog) -> None:
    keep(cast.school, links="no number")
    School.objects.filter(pk=cast.school.pk).update(time_zone="No/Where")

    with caplog.at_level(logging.ERROR):
        end_old_data()

    assert [report.school for report in RetentionReport.objects.all()] == [cast.stranger.school]
    assert f"clearing of school {cast.school.pk} failed" in caplog.text


def test_beat_calls_the_night() -> None:
    assert "config.tasks.end_old_data" in {entry["task"] for entry in app.conf.beat_schedule.values()}


def test_every_kind_has_sane_limits_and_a_key_of_its_own() -> None:
    assert len({kept.key for kept in KEPT}) == len(KEPT)
    assert all(1 <= kept.minimum <= kept.default <= kept.maximum <= 3650 for kept in KEPT)


def test_admin_sets_the_days_within_the_limits(cast: Cast, sign_in) -> None:
    client = sign_in(cast.admin)
    days = {kept.key: kept.default for kept in KEPT}

    shown = client.get(PAGE).content.decode()
    refused = client.post(PAGE, days | {"calls_for_help": 5, "links": "many"})
    unchanged = School.objects.get(pk=cast.school.pk).retention_days
    client.post(PAGE, days | {"links": 7})

    assert 'name="help_texts"' in shown
    assert "Days, from the day on which the program was closed. From 30 to 1825; 365 is usual." in shown
    assert refused.status_code == 422
    assert 'value="many"' in refused.content.decode()
    assert unchanged == {}
    assert School.objects.get(pk=cast.school.pk).retention_days == days | {"links": 7}


def test_coordinator_reads_the_days_and_sets_none(cast: Cast, sign_in) -> None:
    keep(cast.school, links=7)
    client = sign_in(cast.coordinator)

    shown = client.get(PAGE).content.decode()
    refused = client.post(PAGE, {kept.key: kept.default for kept in KEPT})

    assert "7 days" in shown
    assert "Only an admin changes these days." in shown
    assert '<input type="number"' not in shown
    assert refused.status_code == 403
    assert School.objects.get(pk=cast.school.pk).retention_days == {"links": 7}


def test_reports_are_numbers_of_ones_own_school(cast: Cast, sign_in) -> None:
    RetentionReport.objects.create(school=cast.school, date=TODAY, counts={"links": 1, "messages": 12})
    RetentionReport.objects.create(school=cast.school, date=TODAY - DAY)
    RetentionReport.objects.create(school=cast.stranger.school, date=TODAY, counts={"links": 99})

    page = sign_in(cast.admin).get(reverse("retention_report_list")).content.decode()
    empty = sign_in(factories.UserFactory(roles=["admin"])).get(reverse("retention_report_list")).content.decode()

    assert "Invitations, sign-in cards and guardian links that no longer work: 1 row" in page
    assert "12 rows" in page
    assert "Nothing was old enough." in page
    assert "99" not in page.split("<main")[1]
    assert "No night has passed yet" in empty


@pytest.mark.parametrize("count", [1, 30])
def test_reports_cost_the_same_for_1_and_30_rows(cast: Cast, sign_in, count, django_assert_num_queries) -> None:
    for number in range(count):
        RetentionReport.objects.create(school=cast.school, date=TODAY - number * DAY, counts={"links": 1})
    client = sign_in(cast.admin)

    with django_assert_num_queries(4):
        assert client.get(reverse("retention_report_list")).status_code == 200
