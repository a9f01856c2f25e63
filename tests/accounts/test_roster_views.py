"""The roster in the browser: upload, preview, picks, confirmation."""

import io
import re
from collections.abc import Callable, Iterator

import openpyxl
import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import RosterUpload, User
from accounts.roster import Person, read_roster
from accounts.services.roster import stage_roster
from tests.accounts.rosters import FOLDER
from tests.cast import NOW, Cast

SignIn = Callable[[User], Client]
UPLOAD = "/people/roster/"
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


def send(client: Client, content: bytes, role: str = "") -> HttpResponse:
    return client.post(UPLOAD, {"file": SimpleUploadedFile("roster.csv", content), "role": role})


def stage(by: User, text: str = FILE) -> RosterUpload:
    return stage_roster(read_roster(text.encode()), by=by, now=NOW)


def address(upload: RosterUpload) -> str:
    return reverse("roster_preview", args=[upload.pk])


def test_roster_upload_leads_to_a_preview_with_each_fate(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)
    before = User.objects.count()

    answer = send(client, FILE.encode())
    upload = RosterUpload.objects.get()
    page = client.get(address(upload)).content.decode()
    refused = client.get(f"{address(upload)}?show=refused").content.decode()
    left_out = client.get(f"{address(upload)}?show=left_out").content.decode()

    assert (answer.status_code, answer["Location"]) == (302, address(upload))
    assert "Sami Khoury" in page
    assert "Students to pick: 0 of 2" in page
    assert "Eva Lund" not in page
    assert "familyName" in refused
    assert "There is no name here." in refused
    assert "A parent." in left_out
    assert "Secret" not in page + refused + left_out
    assert User.objects.count() == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.4", "This is a PDF"),
        (b"role,givenName,familyName\nteacher,Jos\x81,Lund\n", "Row 2, column 2"),
        (b"givenName,familyName\nEva,Lund\n", "no column"),
    ],
)
def test_roster_upload_of_a_wrong_file_is_told_and_keeps_the_choice(
    cast: Cast, sign_in: SignIn, content: bytes, words: str
) -> None:
    role = "" if words == "no column" else "student"

    answer = send(sign_in(cast.coordinator), content, role=role)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert bool(re.search(r'value="student"[^>]* checked', answer.content.decode())) == bool(role)
    assert not RosterUpload.objects.exists()


def test_roster_upload_without_a_file_is_told(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.coordinator).post(UPLOAD, {"role": "teacher"})

    assert answer.status_code == 422
    assert "This field is required." in answer.content.decode()


def test_roster_upload_asks_what_stands_in_which_column_and_shows_no_cell(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)
    content = b"Kind,Rufname,Nachname,Kennwort\nteacher,Eva,Lund,Secret-1\n"

    asked = send(client, content)
    said = {"heading": ["Kind", "Rufname", "Nachname", "Kennwort"], "field": ["role", "given_name", "family_name", ""]}
    file = SimpleUploadedFile("roster.csv", content)
    answer = client.post(UPLOAD, {"file": file, **said}, headers={"HX-Request": "true"})

    page = asked.content.decode()
    assert asked.status_code == 422
    assert 'name="heading" value="Rufname"' in page
    assert "Secret-1" not in page
    assert "Lund" not in page
    upload = RosterUpload.objects.get()
    assert answer["HX-Redirect"] == address(upload)
    assert upload.rows.get().full_name == "Eva Lund"


def test_roster_upload_of_several_schools_asks_which(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)

    def post(**said: str) -> HttpResponse:
        files = [SimpleUploadedFile(name, text.encode()) for name, text in FOLDER.items()]
        return client.post(UPLOAD, {"file": files, **said})

    asked = post()
    wrong = post(school="o-9")
    right = post(school="o-1")

    assert (asked.status_code, wrong.status_code, right.status_code) == (422, 422, 302)
    assert "Lincoln Junior High" in asked.content.decode()
    assert "The District" not in asked.content.decode()
    assert "Olga" not in "".join(RosterUpload.objects.get().rows.values_list("given_name", flat=True))


def test_roster_upload_of_too_many_bytes_is_told_before_they_are_read(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.forms.roster.MAXIMUM_BYTES", 10)

    answer = send(sign_in(cast.coordinator), FILE.encode())

    assert answer.status_code == 422
    assert "larger than 40 MB" in answer.content.decode()


def test_roster_discard_forgets_the_file(cast: Cast, sign_in: SignIn) -> None:
    upload = stage(cast.coordinator)
    client = sign_in(cast.coordinator)

    answer = client.post(reverse("roster_discard", args=[upload.pk]), follow=True)

    assert "Nothing was changed." in answer.content.decode()
    assert client.get(address(upload)).status_code == 404


def test_roster_upload_page_shows_what_waits_in_this_school_only(cast: Cast, sign_in: SignIn) -> None:
    upload, foreign = stage(cast.admin), stage(cast.stranger_coordinator)

    page = sign_in(cast.coordinator).get(UPLOAD).content.decode()

    assert address(upload) in page
    assert address(foreign) not in page


LINE = ["student", "Eva", "Lund", "eva@example.org", "eva", "09", "Ms", "es", "t-1"]


def test_roster_template_is_explained_and_can_be_filled_in_below(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.admin).get(reverse("roster_template"))

    filled = answer.content + ",".join(LINE).encode()
    assert answer["Content-Disposition"] == 'attachment; filename="roster.csv"'
    assert "# teacher or student" in answer.content.decode()
    assert [row.person for row in read_roster(filled).rows] == [EVA]


def test_roster_template_as_a_spreadsheet_can_be_filled_in_below(cast: Cast, sign_in: SignIn) -> None:
    answer = sign_in(cast.admin).get(reverse("roster_template_sheet"))

    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    book.active.append(LINE)
    filled = io.BytesIO()
    book.save(filled)
    assert answer["Content-Disposition"] == 'attachment; filename="roster.xlsx"'
    assert [row.person for row in read_roster(filled.getvalue()).rows] == [EVA]


EVA = Person(
    role="student", given_name="Eva", family_name="Lund", username="eva", email="eva@example.org", grade="9",
    title="Ms", language="es", source_id="t-1",
)  # fmt: skip


@pytest.mark.parametrize("who", ["teacher", "mentor"])
@pytest.mark.parametrize(
    "page", ["roster_upload", "roster_template", "roster_template_sheet", "roster_preview", "roster_discard"]
)
def test_roster_pages_are_closed_to_other_roles(cast: Cast, sign_in: SignIn, who: str, page: str) -> None:
    upload = stage(cast.coordinator)
    url = reverse(page, args=[upload.pk] if page in ("roster_preview", "roster_stop", "roster_discard") else [])
    client = sign_in(getattr(cast, who))

    answer = client.post(url) if page in ("roster_stop", "roster_discard") else client.get(url)

    assert answer.status_code == 403
    assert "Khoury" not in answer.content.decode()
    assert RosterUpload.objects.filter(confirmed_at=None).exists()


def test_roster_of_another_school_is_not_there(cast: Cast, sign_in: SignIn) -> None:
    upload = stage(cast.coordinator)
    before = User.objects.count()
    client = sign_in(cast.stranger_coordinator)

    answers = [
        client.get(address(upload)),
        client.post(address(upload), {"confirm": "1"}),
        client.post(reverse("roster_stop", args=[upload.pk])),
        client.post(reverse("roster_discard", args=[upload.pk])),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]
    assert RosterUpload.objects.filter(pk=upload.pk, confirmed_at=None).exists()
    assert User.objects.count() == before


def test_roster_upload_redirects_a_visitor_to_sign_in(client: Client) -> None:
    for url in (UPLOAD, reverse("roster_template"), reverse("roster_preview", args=[1])):
        assert client.get(url)["Location"].startswith("/accounts/login/")
