"""Who may read which text of whom: the table, and a search for each text in everything that each visitor can receive.

Two schools are filled with words of their own (tests/canary.py). Pages, fragments, forms that were refused, exports,
mails out of a real mail server, calendar files, headers, cookies and the log are searched for them. The source of the
table is the matrix "Who may see what". Letters are those of tests/policy_table.py, and further:
"own" the person whose row it is, G the guardian who gets the mail.
"""

from __future__ import annotations

import io
import logging
import zipfile

import pytest
from django.http import HttpResponse

from tests.canary import Farm
from tests.crawl import crawl, everything_in
from tests.policy import VISITORS
from tests.policy_texts import ALLOWED, leaks_in, log_of
from tests.walk import Walk

pytestmark = pytest.mark.django_db
# What each visitor must have met in the walk below: a search that sees nothing would prove nothing.
MET = {
    "C": "Concern.text Guardian.name HelpEntry.note Booking.goal RosterRow.given_name User.username of a student",
    "T": "HelpEntry.note Booking.goal User.given_name of a student, Tool.name",
    "S": "Concern.text HelpEntry.note Booking.goal User.family_name of an adult",
    "A": "RosterRow.given_name User.family_name of a student Study.title",
    "T2": "User.given_name of a student PlaygroundSession.title",
    "S2": "User.family_name of an adult Tool.name",
    "Z": "Concern.text Guardian.name HelpEntry.note User.family_name of a student",
    "TC": "Concern.text HelpEntry.note",
    "CA": "Concern.text RosterRow.given_name",
}


def ids_in(farm: Farm, where: str, text: str, label: str) -> set[str]:
    """The ids of rows of the other school that were handed over, but for those that were asked for."""
    ids_of = farm.own_ids_in if label == "Z" else farm.foreign_ids_in
    return {f"{label} is handed {number} at {where}" for number in ids_of(text) - ids_of(where)}


def test_the_table_names_every_text_and_no_other(farm: Farm) -> None:
    assert {canary.field for canary in farm.canaries.values()} == set(ALLOWED)


@pytest.mark.parametrize("label", VISITORS)
def test_visitor_receives_no_text_outside_the_table_and_no_id_of_the_other_school(
    label: str, farm: Farm, walk: Walk, caplog: pytest.LogCaptureFixture
) -> None:
    leaks, met = set(), set()
    caplog.set_level(logging.INFO)

    for where, text in walk.all_received(label):
        leaks |= leaks_in(farm, where, text, label, walk.people.get(label))
        leaks |= ids_in(farm, where, text, label)
        met |= {canary.field for canary in farm.found_in(text)}

    assert not leaks, "\n".join(sorted(leaks))
    assert not farm.found_in(log_of(caplog)), "the log"
    assert [field for field in ALLOWED if field in MET.get(label, "") and field not in met] == []


def test_the_scan_finds_a_leak_on_a_page(farm: Farm, walk: Walk) -> None:
    secret = next(canary for canary in farm.canaries.values() if canary.field == "Guardian.email")
    farm.own.cast.tool.name = f"Reader {secret.song}"
    farm.own.cast.tool.save()

    leaks = set()
    for where, text in crawl(walk.clients["T"], ["/"]):
        leaks |= leaks_in(farm, where, text, "T", walk.people["T"])

    assert any("Guardian.email" in leak for leak in leaks)


def test_the_scan_finds_a_leak_between_schools(farm: Farm, walk: Walk) -> None:
    foreign = farm.foreign.booking
    foreign.teacher = farm.own.cast.teacher
    foreign.save()

    leaks = set()
    for where, text in crawl(walk.clients["T"], ["/"]):
        leaks |= leaks_in(farm, where, text, "T", walk.people["T"])

        leaks |= ids_in(farm, where, text, "T")

    assert any(f"school {farm.foreign.cast.school.pk}" in leak for leak in leaks)
    assert any(f"handed {foreign.mentor_id}" in leak for leak in leaks)


def test_the_scan_finds_a_leak_in_a_header_a_cookie_and_a_file_in_a_zip(farm: Farm) -> None:
    song = next(iter(farm.canaries))
    header, cookie, packed = HttpResponse(headers={"X-Note": song}), HttpResponse(), io.BytesIO()
    cookie.set_cookie("note", song)
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("note.txt", song.upper())

    answers = [header, cookie, HttpResponse(packed.getvalue())]

    assert all(farm.found_in(everything_in(answer)) for answer in answers)
