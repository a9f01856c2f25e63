"""Long work as a row: handed out, done once, failed, cancelled, taken up again."""

import threading
from typing import Any

import pytest
from celery import current_app
from django.db import IntegrityError, connection, transaction

from accounts.models import Job, Room
from accounts.services import Refused
from accounts.services.job import Progress, cancel_job, hand_out, request_job, run_job
from tests.cast import NOW, Cast
from tests.factories import UserFactory

KIND = "accounts.tasks.plan_roster_upload"


def a_job(by: Any) -> Job:
    return request_job(KIND, parameters={"upload": 1}, by=by)


def run(job: Job, work: Any) -> Job:
    run_job(job.pk, work, now=lambda: NOW)
    job.refresh_from_db()
    return job


def test_run_job_does_the_work_once(cast: Cast) -> None:
    job, calls = a_job(cast.coordinator), []

    for _round in range(2):
        run(job, lambda job, progress, now: calls.append(now) or {"people": 3})

    assert calls == [NOW]
    assert (job.state, job.progress, job.result, job.finished_at, job.attempts) == ("done", 100, {"people": 3}, NOW, 1)


def test_run_job_of_a_job_that_is_gone_does_nothing(cast: Cast) -> None:
    run_job(0, lambda job, progress, now: pytest.fail("there is no work"), now=lambda: NOW)


@pytest.mark.parametrize(
    ("error", "sentence"), [(Refused("Not like this."), "Not like this."), (KeyError("x"), "Something went wrong")]
)
def test_work_that_is_refused_or_breaks_is_failed_and_writes_nothing(
    cast: Cast, error: Exception, sentence: str
) -> None:
    def work(job: Job, progress: Progress, now: object) -> dict[str, Any]:
        Room.objects.create(school=cast.school, name="Half done")
        raise error

    job = run(a_job(cast.coordinator), work)

    assert (job.state, job.finished_at) == ("failed", NOW)
    assert job.error.startswith(sentence)
    assert not Room.objects.filter(name="Half done").exists()


def test_work_whose_worker_died_three_times_is_failed(cast: Cast) -> None:
    job = a_job(cast.coordinator)
    Job.objects.filter(pk=job.pk).update(state="running", attempts=3)

    run(job, lambda job, progress, now: pytest.fail("not a fourth time"))

    assert job.state == "failed"
    assert "several times" in job.error


def test_work_that_was_cancelled_before_is_not_begun(cast: Cast) -> None:
    job = a_job(cast.coordinator)
    first, second = cancel_job(job.pk, now=NOW), cancel_job(job.pk, now=NOW)

    run(job, lambda job, progress, now: pytest.fail("it was cancelled"))

    assert (first, second, job.state) == (True, False, "cancelled")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("tells", [True, False])
def test_work_that_is_cancelled_meanwhile_is_rolled_back(tells: bool) -> None:
    job = a_job(UserFactory())

    def work(job: Job, progress: Progress, now: object) -> dict[str, Any]:
        Room.objects.create(school=job.school, name="Half done")
        elsewhere(lambda: cancel_job(job.pk, now=NOW))
        if tells:
            progress(50)
            pytest.fail("progress says that it was cancelled")
        return {}

    run(job, work)

    assert job.state == "cancelled"
    assert not Room.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_by_others_before_the_work_is_committed() -> None:
    job, seen = a_job(UserFactory()), []

    def work(job: Job, progress: Progress, now: object) -> dict[str, Any]:
        progress(40)
        elsewhere(lambda: seen.append(Job.objects.values_list("state", "progress").get()))
        return {}

    run(job, work)

    assert seen == [("running", 40)]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_one_job_do_it_once_and_the_scan_leaves_it_alone() -> None:
    job, calls, handed = a_job(UserFactory()), [], []

    def work(job: Job, progress: Progress, now: object) -> dict[str, Any]:
        calls.append(1)
        elsewhere(lambda: run_job(job.pk, work, now=lambda: NOW))
        Job.objects.filter(pk=job.pk).update(claimed_at=None)
        elsewhere(lambda: handed.append(hand_out()))
        return {}

    run(job, work)

    assert (calls, handed) == ([1], [0])


def test_hand_out_sends_what_waits_once_a_minute(
    cast: Cast, sent: list[tuple[str, tuple[int, ...]]], django_capture_on_commit_callbacks: Any
) -> None:
    waiting, dead, over = a_job(cast.coordinator), a_job(cast.coordinator), a_job(cast.coordinator)
    Job.objects.filter(pk=dead.pk).update(state="running", claimed_at="2020-01-01T00:00Z")
    Job.objects.filter(pk=over.pk).update(state="done", finished_at=NOW)

    with django_capture_on_commit_callbacks(execute=True):
        first, second = hand_out(), hand_out()

    assert (first, second) == (2, 0)
    assert sent == [(KIND, (waiting.pk,)), (KIND, (dead.pk,))]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, tuple[int, ...]]]:
    """What goes to the broker."""
    tasks: list[tuple[str, tuple[int, ...]]] = []
    monkeypatch.setattr(
        current_app, "send_task", lambda name, arguments=(), **options: tasks.append((name, arguments)), raising=False
    )
    return tasks


@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_a_job_that_is_over_has_its_time(cast: Cast, state: str) -> None:
    job = a_job(cast.coordinator)

    with pytest.raises(IntegrityError, match="accounts_job_ended_has_time"), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(state=state)


def elsewhere(act: Any) -> None:
    """Do it over another connection to the database."""

    def there() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=there)
    thread.start()
    thread.join()
