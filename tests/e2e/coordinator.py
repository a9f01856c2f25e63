"""What the coordinator does in the day: roster, consent, periods, program, pair, playground, verification."""

from __future__ import annotations

import datetime as dt

from tests.e2e.visitor import Visitor

BROKEN_ROSTER = """role,givenName,familyName,email
teacher,Inés,Ávila,ines.avila@maple-street.example
student,,Nameless,
student,Yusuf,Said,
teacher,Ines,Avila,ines.avila@maple-street.example
"""
ROSTER = """role,givenName,familyName,email,grade,title,language
teacher,Inés,Ávila,ines.avila@maple-street.example,,Ms,es
student,Yusuf,Said,,7,,ar
student,Otto,Left-Behind,,7,,en
"""


def import_a_roster(coordinator: Visitor) -> None:
    """A picture is no roster; a broken row is told by row and column; a good file is previewed, picked, confirmed."""
    coordinator.go("/people/roster/")
    upload(coordinator, "roster.csv", b"\x89PNG\r\n\x1a\n\x00\x00")
    coordinator.page.locator(".alert-danger").wait_for()
    coordinator.check()
    upload(coordinator, "roster.csv", BROKEN_ROSTER.encode())
    coordinator.press("Refused: 2")
    refused = coordinator.page.locator("tbody tr").all_inner_texts()
    assert refused[0].split("\t")[:2] == ["3", "givenName"]
    assert refused[1].split("\t")[0] == "5"
    coordinator.press("Discard this file")

    coordinator.go("/people/roster/")
    upload(coordinator, "roster.csv", ROSTER.encode())
    coordinator.page.get_by_role("row", name="Yusuf Said").get_by_role("checkbox").check()
    coordinator.press("Confirm and import")
    coordinator.go("/people/?q=said")
    coordinator.sees("Yusuf Said")
    coordinator.go("/people/?q=avila")
    coordinator.go("/people/?q=left-behind")
    coordinator.sees("Nobody fits")


def upload(coordinator: Visitor, name: str, content: bytes) -> None:
    coordinator.page.set_input_files("input[type=file]", {"name": name, "mimeType": "text/csv", "buffer": content})
    coordinator.tap("Look at the preview", role="button")


def record_a_consent(coordinator: Visitor) -> None:
    """The new student's guardian signed; the student is asked next."""
    coordinator.go("/people/?q=said")
    coordinator.follow("Record")
    coordinator.page.get_by_label("Guardian's name").fill("Nadia Said")
    coordinator.press("Record the paper")
    coordinator.sees("Nadia Said")
    coordinator.go("/people/?q=said")
    coordinator.sees("Consent missing")


def sees_that_both_said_yes(coordinator: Visitor) -> None:
    """The student's own yes is there as well, and nothing else is missing for a booking."""
    coordinator.go("/consents/?purpose=take_part")
    assert "Yusuf Said" not in coordinator.text
    coordinator.go("/people/?q=said")
    assert "Consent missing" not in coordinator.text


def add_a_period(coordinator: Visitor) -> None:
    """The school day gets an eighth period."""
    coordinator.go("/school/time/")
    for name, value in (("name", "Tech hour"), ("starts", "15:00"), ("ends", "15:45")):
        coordinator.page.fill(f"#id_form-7-{name}", value)
    coordinator.press("Save the periods")
    assert coordinator.page.locator("input[value='Tech hour']").count() == 1


def start_a_program(coordinator: Visitor, today: dt.date) -> None:
    """A program, its people and a pair."""
    coordinator.go("/programs/new/")
    coordinator.page.fill("#id_name", "Spring tech team")
    coordinator.page.fill("#id_starts_on", today.isoformat())
    coordinator.page.fill("#id_ends_on", (today + dt.timedelta(days=120)).isoformat())
    coordinator.press("Make the program")
    coordinator.follow("Add people")
    for name in ("Ana Ortiz", "Maya Rahman", "Yusuf Said"):
        coordinator.page.locator("label.chip", has_text=name).click()
    coordinator.press("Add them")
    coordinator.follow("New pair")
    coordinator.page.get_by_label("Teacher").select_option(label="Ana Ortiz")
    coordinator.page.get_by_label("Student mentor").select_option(label="Maya Rahman")
    coordinator.page.get_by_label("I asked both").check()
    coordinator.press("Start the pair")
    coordinator.sees("Ana Ortiz and Maya Rahman")


def schedule_a_playground(coordinator: Visitor, day: dt.date) -> None:
    """It stands in the drawn calendar and in the list."""
    coordinator.go("/playgrounds/new/")
    page = coordinator.page
    page.fill("#id_title", "Captions for everybody")
    page.select_option("#id_program", label="Spring tech team")
    page.locator("label.chip", has_text="Live captions").click()
    page.fill("#id_day", day.isoformat())
    page.select_option("#id_period", label="Tech hour")
    page.select_option("#id_room", label="Library")
    page.select_option("#id_adult_in_charge", label="Ms Ortiz")
    page.locator("label.chip", has_text="Maya Rahman").click()
    coordinator.press("Schedule it")
    page.get_by_role("heading", name="Captions for everybody").wait_for()
    coordinator.go(f"/calendar/?view=calendar&week={day}")
    page.locator("#calendar").get_by_text("Captions for everybody").first.wait_for()
    coordinator.go(f"/calendar/?view=list&week={day}")
    coordinator.sees("Captions for everybody")


def verify_it(coordinator: Visitor) -> None:
    """The newest log waits on the list, and is verified on its page."""
    coordinator.go("/log/?state=submitted")
    coordinator.follow("Maya Rahman")
    coordinator.sees("Historia oral")
    coordinator.press("Verify")
    coordinator.go("/log/?state=verified")
    coordinator.sees("Maya Rahman")
