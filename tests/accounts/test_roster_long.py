"""A long roster: staged at once, planned and imported by a worker, with a page that says how far it is."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts import tasks
from accounts.models import Job, RosterUpload, User
from accounts.roster import read_roster
from accounts.services import Refused
from accounts.services.roster import request_confirmation, stop_work
from tests.accounts.rosters import FILE, FOLDER, HEADER, confirm, fates, stage, stage_folder
from tests.cast import NOW, Cast

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def at_now(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("accounts.services.roster.IMMEDIATE_ROWS", 3)
    with time_machine.travel(NOW, tick=False):
        yield


def address(upload: RosterUpload) -> str:
    return reverse("roster_preview", args=[upload.pk])


def work(upload: RosterUpload) -> Job:
    """Let a worker do what waits."""
    upload.refresh_from_db()
    assert upload.job
    task = {"plan_roster_upload": tasks.plan_roster_upload, "confirm_roster_upload": tasks.confirm_roster_upload}
    task[upload.job.kind.rsplit(".", 1)[-1]](upload.job.pk)
    upload.refresh_from_db()
    upload.job.refresh_from_db()
    return upload.job


def test_a_long_roster_is_planned_and_imported_by_a_worker(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)
    upload = stage(FILE, cast.coordinator)

    waiting = client.get(address(upload)).content.decode()
    planned = work(upload)
    asked_by_htmx = client.get(address(upload), headers={"HX-Request": "true"})
    preview = client.get(address(upload)).content.decode()
    confirmed = client.post(address(upload), {"shown": [3, 4], "picked": [3], "confirm": "1"})
    importing = client.get(address(upload)).content.decode()
    done = work(upload)
    after = client.get(address(upload), headers={"HX-Request": "true"})
    people = client.get("/people/").content.decode()

    assert "Waiting for its turn" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    assert planned.state == "done"
    assert asked_by_htmx["HX-Redirect"] == address(upload)
    assert "Students to pick: 0 of 2" in preview
    assert confirmed["Location"] == address(upload)
    assert "Your roster is being imported" in importing
    assert (done.state, done.result["new"]) == ("done", 2)
    assert after["HX-Redirect"] == "/people/"
    assert "2 people were added." in people
    assert User.objects.filter(source_id="s-1").exists()


def test_a_second_click_on_confirm_asks_for_no_second_work(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)
    upload = stage(FILE, cast.coordinator)
    work(upload)

    for _click in range(2):
        client.post(address(upload), {"confirm": "1"})

    assert Job.objects.filter(kind__endswith="confirm_roster_upload").count() == 1


def test_a_second_request_to_import_asks_for_no_second_work(cast: Cast) -> None:
    upload = stage_folder(FOLDER, cast.coordinator)
    work(upload)

    for _click in range(2):
        counts = request_confirmation(upload, all_students=False, is_leaving=False, by=cast.coordinator, now=NOW)
        assert counts is None

    assert Job.objects.filter(kind__endswith="confirm_roster_upload").count() == 1
    assert upload.rows.parents_to_pick().count() == 1


def test_work_that_is_stopped_writes_nothing_and_says_so(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)
    upload = stage(FILE, cast.coordinator)

    answer = client.post(reverse("roster_stop", args=[upload.pk]), follow=True).content.decode()
    job = work(upload)
    page = client.get(address(upload)).content.decode()
    client.post(reverse("roster_discard", args=[upload.pk]))

    assert "Stopped. Nothing was changed." in answer
    assert job.state == "cancelled"
    assert "This was stopped." in page
    assert "Discard this file" in page
    assert not RosterUpload.objects.exists()


def test_a_stopped_import_can_be_confirmed_again(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)
    upload = stage(FILE, cast.coordinator)
    work(upload)
    client.post(address(upload), {"confirm": "1"})
    client.post(reverse("roster_stop", args=[upload.pk]))

    again = client.post(address(upload), {"confirm": "1"})
    job = work(upload)

    assert again["Location"] == address(upload)
    assert (job.state, User.objects.filter(source_id="t-1").count()) == ("done", 1)


def test_stop_of_what_nobody_works_on_says_nothing(cast: Cast, sign_in: SignIn) -> None:
    upload = stage(f"{HEADER}teacher,Eva,Lund\n", cast.coordinator)

    page = sign_in(cast.coordinator).post(reverse("roster_stop", args=[upload.pk]), follow=True).content.decode()

    assert "Stopped" not in page


@pytest.mark.parametrize("by", ["teacher", "stranger_coordinator"])
def test_stop_work_is_for_those_who_import_at_this_school(cast: Cast, by: str) -> None:
    upload = stage(FILE, cast.coordinator)

    with pytest.raises(Refused):
        stop_work(upload, by=getattr(cast, by), now=NOW)

    assert Job.objects.get().is_open


def test_discarding_a_file_ends_the_work_on_it(cast: Cast, sign_in: SignIn) -> None:
    upload = stage(FILE, cast.coordinator)

    sign_in(cast.coordinator).post(reverse("roster_discard", args=[upload.pk]))

    assert Job.objects.get().state == "cancelled"
    assert not RosterUpload.objects.exists()


def test_an_import_that_is_out_of_date_shows_the_new_preview_and_why(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)
    upload = stage(FILE, cast.coordinator)
    work(upload)
    client.post(address(upload), {"shown": [3, 4], "picked": [4], "confirm": "1"})
    User.objects.filter(pk=cast.stranger.pk).update(email="eva@example.org")

    job = work(upload)
    page = client.get(address(upload)).content.decode()

    assert job.state == "done"
    assert "since this preview was made" in page
    assert "Students to pick: 1 of 2" in page
    assert fates(upload)[0] == "refused"


def test_work_for_somebody_who_lost_the_right_is_refused(cast: Cast) -> None:
    upload = stage(FILE, cast.coordinator)
    User.objects.filter(pk=cast.coordinator.pk).update(roles=["teacher"])

    job = work(upload)

    assert (job.state, job.error) == ("failed", "This roster is no longer here. Upload the file again.")


def test_twenty_thousand_rows_imported_again_change_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Callable[..., object]
) -> None:
    monkeypatch.setattr("accounts.services.roster.IMMEDIATE_ROWS", 100_000)
    lines = (f"student,Given{n},Family{n},p{n}@example.org,,{n % 12},,en,s-{n}\n" for n in range(19_000))
    staff = (f"teacher,Given{n},Staff{n},t{n}@example.org,,,Ms,,t-{n}\n" for n in range(1_000))
    text = HEADER + "".join([*lines, *staff])
    first = confirm(stage(text, cast.coordinator, is_whole=True), cast.coordinator, all_students=True)
    before = list(User.objects.order_by("pk").values_list())

    with django_assert_max_num_queries(60):  # type: ignore[attr-defined]
        upload = stage(text, cast.coordinator, is_whole=True)
        again = confirm(upload, cast.coordinator, all_students=True, is_leaving=True)

    assert (first["new"], first["student"], first["teacher"]) == (20_000, 19_000, 1_000)
    assert (again["same"], again["new"], again["changed"], again["leaving"]) == (20_000, 0, 0, 0)
    assert list(User.objects.order_by("pk").values_list()) == before


def test_a_hundred_thousand_rows_can_be_read() -> None:
    lines = (f"student,Given{n},Family{n},p{n}@example.org,,7,,en,s-{n}\n" for n in range(100_000))

    roster = read_roster((HEADER + "".join(lines)).encode())

    assert sum(row.person is not None for row in roster.rows) == 100_000
