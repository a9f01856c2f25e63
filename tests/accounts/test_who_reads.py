"""The page that says in plain words who reads what: open to everybody, and on the way from everywhere."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override

from accounts.models import User
from tests.cast import Cast

SignIn = Callable[[User], Client]
ADDRESS = "/who-reads-what/"
# What must stand there in so many words: no promise that the program does not keep.
SAID = [
    "Private means that no page shows it.",
    "It is not the same as anonymous. As long as the study has its key, somebody who has both the key and the database"
    " could find out whose answers they are. The same holds for old backups.",
    "Nobody. Staff can't see it and can't choose it for you.",
    "You, the coordinators, and a second adult whom the school named. Never the person it is about.",
]


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_stranger_reads_it_in_each_language(db: None, language: str) -> None:
    response = Client(headers={"accept-language": language}).get(ADDRESS)

    page = response.content.decode()
    with override(language):
        said = [gettext(text) for text in SAID]
    assert response.status_code == 200
    assert [text for text in said if text not in page] == []


@pytest.mark.parametrize("who", ["coordinator", "admin", "teacher", "mentor"])
def test_everybody_signed_in_reads_it_and_finds_help_and_own_data_there(cast: Cast, sign_in: SignIn, who: str) -> None:
    page = sign_in(getattr(cast, who)).get(ADDRESS).content.decode()

    main = page[page.index("<main") :]
    assert reverse("concern_raise") in main
    assert reverse("my_data") in main


@pytest.mark.parametrize("page", ["home", "calendar", "concern_raise", "my_data", "mfa_index", "reading_edit"])
def test_every_page_leads_to_it(cast: Cast, sign_in: SignIn, page: str) -> None:
    shown = sign_in(cast.teacher).get(reverse(page)).content.decode()

    assert ADDRESS in shown[shown.index("<footer") :]


def test_pages_of_strangers_and_of_errors_lead_to_it_too(db: None, client: Client) -> None:
    pages = [client.get(reverse("account_login")), client.get("/no-such-page/"), client.get("/reading/")]

    assert all(f'href="{ADDRESS}"' in page.content.decode() for page in pages)


def test_call_for_help_leads_to_it(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.mentor).get(reverse("concern_raise")).content.decode()

    assert ADDRESS in page[page.index("<main") : page.index("</main>")]
