"""The preview of a roster: ticks, names, and what happens at the end."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import RosterUpload, User
from accounts.roster import read_roster
from accounts.services.roster import stage_roster
from tests.cast import NOW, Cast

SignIn = Callable[[User], Client]
FILE = """role,givenName,familyName,grade,sourcedId,password
teacher,Eva,Lund,,t-1,Secret-1
student,Sami,Khoury,7,s-1,Secret-2
student,Nora,Berg,8,s-2,Secret-3
teacher,Nobody,,,t-9,Secret-4
parent,Paula,Berg,,p-1,Secret-5
"""


@pytest.fixture(autouse=True)
def at_now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def stage(by: User, text: str = FILE) -> RosterUpload:
    return stage_roster(read_roster(text.encode()), by=by, now=NOW)


def address(upload: RosterUpload) -> str:
    return reverse("roster_preview", args=[upload.pk])


def test_roster_preview_keeps_ticks_over_pages_and_confirms(cast: Cast, sign_in: SignIn) -> None:
    many = "".join(f"student,Given{n},Family{n},7,s-{n},\n" for n in range(150))
    upload = stage(cast.coordinator, FILE.splitlines()[0] + "\n" + many)
    client = sign_in(cast.coordinator)

    first = client.post(address(upload), {"shown": range(2, 102), "picked": [2, 5], "go": "show=students&page=2"})
    second = client.get(first["Location"]).content.decode()
    last = client.post(address(upload), {"shown": range(102, 152), "picked": [151], "confirm": "1"}, follow=True)

    assert first["Location"] == f"{address(upload)}?show=students&page=2"
    assert "Students to pick: 2 of 150" in second
    assert "3 people were added. 0 people were changed." in last.content.decode()
    assert set(User.objects.exclude(source_id=None).values_list("source_id", flat=True)) == {"s-0", "s-3", "s-149"}


def test_roster_preview_takes_a_tick_back(cast: Cast, sign_in: SignIn) -> None:
    upload = stage(cast.coordinator)
    client = sign_in(cast.coordinator)
    client.post(address(upload), {"shown": [3, 4], "picked": [3], "go": "show=new"})

    client.post(address(upload), {"shown": [3, 4], "go": "show=new"})

    assert not upload.rows.filter(is_picked=True).exists()


def test_roster_preview_of_what_is_taken_lists_no_student_who_is_not_picked(cast: Cast, sign_in: SignIn) -> None:
    upload = stage(cast.coordinator)

    page = sign_in(cast.coordinator).get(f"{address(upload)}?show=new").content.decode()

    assert "New: 1" in page
    assert "Eva Lund" in page
    assert "Sami Khoury" not in page


def test_roster_preview_finds_by_name(cast: Cast, sign_in: SignIn) -> None:
    upload = stage(cast.coordinator)
    client = sign_in(cast.coordinator)

    answer = client.post(address(upload), {"shown": [3, 4], "picked": [4], "q": "kho", "find": "1"}, follow=True)

    page = answer.content.decode()
    assert "Sami Khoury" in page
    assert "Nora Berg" not in page
    assert upload.rows.get(number=4).is_picked


def test_roster_preview_all_students_is_a_choice_of_its_own(cast: Cast, sign_in: SignIn) -> None:
    upload = stage(cast.coordinator)

    sign_in(cast.coordinator).post(address(upload), {"shown": [3, 4], "all_students": "1", "confirm": "1"})

    assert User.objects.filter(source_id__startswith="s-").count() == 2


@pytest.mark.parametrize("number", ["2", "5", "6", "999", "99999999999", "x"])
def test_roster_preview_refuses_ticks_on_rows_that_nobody_may_pick(cast: Cast, sign_in: SignIn, number: str) -> None:
    upload = stage(cast.coordinator)
    before = User.objects.count()

    answer = sign_in(cast.coordinator).post(
        address(upload), {"shown": [number], "picked": [number], "confirm": "1"}, follow=True
    )

    assert "do not belong to this file" in answer.content.decode()
    assert User.objects.count() == before


def test_roster_preview_clicked_twice_says_that_it_is_done(cast: Cast, sign_in: SignIn) -> None:
    upload = stage(cast.coordinator)
    client = sign_in(cast.coordinator)
    client.post(address(upload), {"confirm": "1"})
    count = User.objects.count()

    again = client.post(address(upload), {"confirm": "1"}, follow=True)

    assert "This roster is imported." in again.content.decode()
    assert User.objects.count() == count


def test_roster_preview_that_is_out_of_date_is_shown_again(cast: Cast, sign_in: SignIn) -> None:
    upload = stage(cast.coordinator, "role,givenName,familyName,email\nteacher,Eva,Lund,new@example.org\n")
    User.objects.filter(pk=cast.stranger.pk).update(email="new@example.org")
    before = User.objects.count()

    answer = sign_in(cast.coordinator).post(address(upload), {"confirm": "1"}, follow=True)

    page = answer.content.decode()
    assert "since this preview was made" in page
    assert "Refused: 1" in page
    assert cast.stranger.full_name not in page
    assert User.objects.count() == before


@pytest.mark.parametrize("rows", [1, 30])
def test_roster_preview_takes_the_same_statements_for_any_rows(
    cast: Cast, sign_in: SignIn, rows: int, django_assert_num_queries: Callable[..., object]
) -> None:
    text = "role,givenName,familyName\n" + "".join(f"student,Given{n},Family{n}\n" for n in range(rows))
    upload = stage(cast.coordinator, text)
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(2 + 4):  # type: ignore[attr-defined]  # session, person; upload, counts, count, rows
        client.get(address(upload))
