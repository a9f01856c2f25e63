"""The command that begins a school."""

import re
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Message, School, SecretLink, User
from accounts.permissions import Role
from tests.cast import Cast

PASSWORD = "quiet-river-41"


def create(*arguments: str) -> str:
    out = StringIO()
    call_command("create_school", *arguments, stdout=out)
    return out.getvalue()


def test_create_school_makes_a_school_and_invites_its_admin(db: None) -> None:
    said = create(
        "Hill School", "--admin", "ruth@hill.example", "--time-zone", "America/Denver", "--language", "es",
        "--given-name", "Ruth", "--family-name", "Adler",
    )  # fmt: skip

    school = School.objects.get()
    admin = school.people.get()
    message = Message.objects.get()
    assert (school.name, school.time_zone, school.languages) == ("Hill School", "America/Denver", ["es", "en", "ar"])
    assert (admin.full_name, admin.username, admin.roles, admin.language) == (
        "Ruth Adler", "ruth.adler", [Role.ADMIN], "es",
    )  # fmt: skip
    assert not admin.has_usable_password()
    assert (message.user, message.kind, message.school) == (admin, "invitation", school)
    assert "ruth@hill.example" in said
    assert "/join/" not in said
    assert not SecretLink.objects.exists()  # it is made when the mail leaves


def test_create_school_without_a_name_calls_the_admin_by_the_address(db: None) -> None:
    create("Hill School", "--admin", "office@hill.example")

    admin = User.objects.get()
    assert (admin.given_name, admin.family_name, admin.username) == ("office", "", "office")
    assert admin.school.time_zone == "UTC"


def test_create_school_gives_a_free_user_name(cast: Cast) -> None:
    create("Hill School", "--admin", "new@hill.example", "--given-name", "Lane")

    assert User.objects.get(email="new@hill.example").username == "lane2"


def test_create_school_prints_a_link_that_works(db: None) -> None:
    said = create("Hill School", "--admin", "office@hill.example", "--print-link")

    link = re.findall(r"\S+/join/\S+", said)[0]
    client = Client()
    client.get(urlsplit(link).path)
    client.post("/join/", {"password1": PASSWORD, "password2": PASSWORD})
    assert link.startswith(settings.SITE_URL)
    assert User.objects.get().check_password(PASSWORD)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Hill School", "--admin", "ORTIZ@example.org"], "This e-mail can't be used."),
        (["Hill School", "--admin", "ortiz"], "This is not an e-mail address."),
        (["lincoln junior high", "--admin", "new@hill.example"], "There is a school of this name already."),
        (["  ", "--admin", "new@hill.example"], "A school needs a name"),
        (["x" * 201, "--admin", "new@hill.example"], "A school needs a name"),
        (["Hill School", "--admin", "new@hill.example", "--time-zone", "Denver"], "This is not a time zone."),
        (["Hill School", "--admin", "new@hill.example", "--language", "fr"], "Flipside speaks en, es, ar."),
    ],
)
def test_create_school_refuses_with_a_sentence_and_writes_nothing(cast: Cast, arguments: list[str], words: str) -> None:
    before = School.objects.count(), User.objects.count()

    with pytest.raises(CommandError, match=re.escape(words)):
        create(*arguments)

    assert (School.objects.count(), User.objects.count()) == before
    assert not Message.objects.exists()
