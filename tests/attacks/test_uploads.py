"""Files that are no rosters, sent to the page that takes rosters: one sentence, no row, no file, no memory."""

from __future__ import annotations

import io
import os
import resource
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import RosterRow
from tests.cast import Cast
from tests.policy import changed_since, fingerprint

USERS = "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,givenName,familyName\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>'
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "lol">'
    + b"".join(b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter - 1) * 10) for letter in range(ord("b"), ord("k")))
    + b']><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
    + b'<c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row></sheetData></worksheet>'
)


def zipped(files: dict[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def symbolic_link() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        member = zipfile.ZipInfo("users.csv")
        member.external_attr = 0o120777 << 16
        archive.writestr(member, "/etc/passwd")
    return target.getvalue()


def lying_about_its_size() -> bytes:
    """A zip that says of a large member that it is small."""
    size = 60_000_000
    packed = zipped({"users.csv": b"a" * size})
    return packed.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))


def spreadsheet(sheet: bytes) -> bytes:
    return zipped(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
            "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>',
            "xl/worksheets/sheet1.xml": sheet,
        }
    )


FILES = {
    "bomb.zip": lambda: zipped({"users.csv": b"\0" * 300_000_000}),
    "nested.zip": lambda: zipped({"users.zip": zipped({"users.csv": b"a" * 50_000_000})}),
    "many.zip": lambda: zipped({f"{number}.csv": "a" for number in range(20_000)}),
    "lying.zip": lying_about_its_size,
    "up.zip": lambda: zipped({"../../../../tmp/flipside_evil.csv": USERS}),
    "absolute.zip": lambda: zipped({"/tmp/flipside_evil.csv": USERS}),
    "windows.zip": lambda: zipped({"..\\..\\flipside_evil.csv": USERS}),
    "link.zip": symbolic_link,
    "encrypted.zip": lambda: zipped({"users.csv": USERS}).replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01"),
    "cut.zip": lambda: zipped({"users.csv": USERS * 100})[:-40],
    "picture.svg": lambda: SVG,
    "picture.csv": lambda: SVG,
    "page.html": lambda: b"<!doctype html><script>alert(1)</script>",
    "page.csv": lambda: b"<!doctype html><script>alert(1)</script>",
    "laughs.xlsx": lambda: spreadsheet(LAUGHS),
    "bomb.xlsx": lambda: spreadsheet(b"<worksheet>" + b" " * 300_000_000),
    "program.exe": lambda: b"MZ" + os.urandom(5000),
    "nothing.csv": lambda: b"",
    "nul.csv": lambda: b"\0" * 100_000,
    "one_line.csv": lambda: b"a" * 5_000_000,
    "columns.csv": lambda: b"," * 1_000_000 + b"\n" + b"," * 1_000_000,
    "quote.csv": lambda: USERS.encode() + b'"' + b"a" * 1_000_000,
}


@pytest.fixture
def coordinator(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.coordinator)
    return client


def upload(client: Client, name: str, content: bytes) -> tuple[int, str]:
    response = client.post(
        reverse("roster_upload"), {"file": SimpleUploadedFile(name, content), "role": "teacher", "is_whole": "on"}
    )
    return response.status_code, response.content.decode()


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.parametrize("name", FILES)
def test_file_that_is_no_roster_is_refused_and_leaves_nothing(name: str, coordinator: Client) -> None:
    content = FILES[name]()
    before, peak = fingerprint(), peak_megabytes()

    status, page = upload(coordinator, name, content)

    assert status == 422
    assert changed_since(before) == []
    assert "<script>alert" not in page
    assert 'onload="' not in page
    assert "Traceback" not in page
    assert peak_megabytes() - peak < 250
    assert not Path("/tmp/flipside_evil.csv").exists()


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "<img src=x onerror=alert(1)>.csv", "a\r\nX-Evil: 1.csv", "\u202evsc.exe", "x" * 3000]
)
def test_name_of_a_file_is_only_a_word(name: str, coordinator: Client) -> None:
    status, page = upload(coordinator, name, b"given name,last name,email,role\nA,B,not an address,teacher\n")

    assert status in {302, 422}
    assert "<img src=x" not in page
    assert not any(Path(settings.BASE_DIR).rglob("evil.csv"))


def test_what_was_read_of_a_file_comes_back_escaped(coordinator: Client) -> None:
    evil = "<script>alert(1)</script>"
    rows = f"first name,last name,email,role\n{evil},=1+1,a@example.org,teacher\n,{evil},{evil},{evil}\n"

    response = coordinator.post(
        reverse("roster_upload"), {"file": SimpleUploadedFile("list.csv", rows.encode()), "role": "teacher"}
    )
    page = coordinator.get(response["Location"]).content.decode()

    assert RosterRow.objects.exists()
    assert "<script>alert" not in page


def test_files_of_users_are_kept_nowhere_and_served_nowhere() -> None:
    assert settings.MEDIA_ROOT == ""
    assert settings.MEDIA_URL in {"", "/"}
