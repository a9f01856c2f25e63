"""The pages on which somebody decides about an imported roster."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import RosterUpload, User
from accounts.roster import read_roster
from accounts.services.roster import (
    stage_roster,
)
from tests.accounts.rosters import FILE, FOLDER, HEADER, confirm, stage, stage_folder
from tests.cast import NOW, Cast
from tests.factories import StudentFactory

SignIn = Callable[[User], Client]
GONE = FOLDER | {
    "users.csv": FOLDER["users.csv"].replace("s-1,active", "s-1,tobedeleted").replace("t-3,active", "x-3,active")
}
PATRON = f"{HEADER}teacher,Zoë,Quist,zoe@example.org,,,,,t-1\n"


def page_of(upload: RosterUpload) -> str:
    return reverse("roster_preview", args=[upload.pk])


def test_the_preview_shows_first_what_must_be_decided_and_keeps_the_answer(cast: Cast, sign_in: SignIn) -> None:
    confirm(stage(FILE, cast.coordinator), cast.coordinator)
    upload = stage(PATRON, cast.coordinator)
    client = sign_in(cast.coordinator)

    page = client.get(page_of(upload)).content.decode()
    client.post(page_of(upload), {"shown": [2], "choice_2": "other", "go": "show=reused"})
    kept = client.get(page_of(upload)).content.decode()
    done = client.post(page_of(upload), {"shown": [2], "choice_2": "other", "confirm": "1"}, follow=True)

    assert "Zoë Quist" in page
    assert "Eva Lund" in page
    assert '<option value="other" selected>' in kept
    assert "1 person was added." in done.content.decode()


@pytest.mark.parametrize("choice", ["elsewhere", "x" * 200])
def test_the_preview_takes_no_other_answer(cast: Cast, sign_in: SignIn, choice: str) -> None:
    confirm(stage(FILE, cast.coordinator), cast.coordinator)
    upload = stage(PATRON, cast.coordinator)

    answer = sign_in(cast.coordinator).post(page_of(upload), {"shown": [2], "choice_2": choice, "confirm": "1"})

    assert answer["Location"] == page_of(upload)
    assert User.objects.get(source_id="t-1").full_name == "Eva Lund"


def test_the_pages_of_guardians_and_of_leaving_people_name_them(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)
    first = stage_folder(FOLDER, cast.coordinator)
    parents = client.get(page_of(first) + "?show=parent").content.decode()
    client.post(page_of(first), {"shown": [6], "picked": [6], "all_students": "1", "go": "show=students"})
    told = client.post(page_of(first), {"all_students": "1", "confirm": "1"}, follow=True).content.decode()
    second = stage_folder(GONE, cast.coordinator)

    leaving = client.get(page_of(second) + "?show=leaving").content.decode()
    marked = client.post(page_of(second), {"is_leaving": "1", "confirm": "1"}, follow=True).content.decode()

    assert "Rana Khoury" in parents
    assert "Sami Khoury" in parents
    assert "1 guardian was noted. 1 class was added or changed." in told
    assert "Sami Khoury" in leaving
    assert "Not in the file, which holds everybody." in leaving
    assert "2 people are marked as no longer in the roster." in marked


def test_the_preview_says_what_was_guessed_and_what_was_not_read(cast: Cast, sign_in: SignIn) -> None:
    content = "rol,givenNmae,familyName,Telefon\nteacher,Zoë,Quist,555\n".encode("cp1252")

    upload = stage_roster(read_roster(content), by=cast.coordinator, now=NOW)
    page = sign_in(cast.coordinator).get(page_of(upload)).content.decode()
    confirm(upload, cast.coordinator)

    assert "Look whether the accents are right." in page
    assert "The column “givenNmae” is read as “first name”." in page
    assert "<bdi>Telefon</bdi>" in page
    upload.refresh_from_db()
    assert upload.notes == {}


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("show", ["reused", "leaving", "parent"])
def test_pages_of_choices_take_the_same_statements_for_any_rows(
    cast: Cast, sign_in: SignIn, show: str, rows: int, django_assert_max_num_queries: Callable[..., object]
) -> None:
    people = [StudentFactory(school=cast.school, source_id=f"s-{n}") for n in range(rows)]
    lines = [f"student,Other{n},Name{n},s-{n},\n" for n in range(rows)] if show == "reused" else []
    lines += [f"parent,Parent{n},Of,p-{n},s-{n}\n" for n in range(rows)] if show == "parent" else []
    text = "role,givenName,familyName,sourcedId,agentSourcedIds\nteacher,Ida,Holm,t-5,\n" + "".join(lines)
    upload = stage(text, cast.coordinator, is_whole=show == "leaving")
    client = sign_in(cast.coordinator)

    with django_assert_max_num_queries(2 + 6):  # type: ignore[attr-defined]  # session, person; and two for children
        page = client.get(f"{page_of(upload)}?show={show}").content.decode()

    assert all(person.full_name in page for person in people)
