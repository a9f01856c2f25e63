"""The tablet at the entrance, the wall board, and people with their own phones there, while the network drops once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser

from tests.e2e import pair
from tests.e2e.conftest import Program, wait_until
from tests.e2e.visitor import PHONE, Visitor, signed_in

pytestmark = pytest.mark.e2e

# A playground that runs now, with Maya on duty at its only station and Ms Ortiz expected.
BEGIN = """
import datetime as dt
from accounts import clock
from accounts.models import Room, User
from mentorship.models import Program, Tool
from sessions_app.models import PlaygroundSession
from sessions_app.reports.playground_pin import pin_of
teacher, mentor = User.objects.get(username="teacher"), User.objects.get(username="student")
program = Program.objects.filter(participants__person=teacher, closed_on=None).latest("starts_on")
now = clock.now()
made = PlaygroundSession.objects.create(program=program, title="Dictation for all", places=5,
    room=Room.objects.filter(school=teacher.school, is_shared=True).first(),
    adult_in_charge=User.objects.get(username="coordinator"),
    starts_at=now - dt.timedelta(minutes=10), ends_at=now + dt.timedelta(hours=2))
station = made.stations.create(tool=Tool.objects.filter(school=teacher.school).first(), position=1)
made.duties.create(person=mentor, station=station)
made.sign_ups.create(teacher=teacher, signed_up_at=now)
print(made.pk, pin_of(made, teacher))
"""
HERE = """
from sessions_app.models import Attendance
rows = Attendance.objects.filter(playground={}).select_related("person")
print(*sorted(f"{{row.person.username}}:{{row.how}}" for row in rows))
"""
SQUARE = """
from accounts import clock
from django.urls import reverse
from sessions_app.reports.playground_code import code_of
print(reverse("check_in_link", args=[{0}, code_of({0}, clock.now())]))
"""
END = """
from mentorship.models import HelpEntry
from sessions_app.models import PlaygroundSession
HelpEntry.objects.filter(attendance__playground={0}).delete()
PlaygroundSession.objects.get(pk={0}).delete()
"""


@pytest.mark.usefixtures("english_again")
def test_people_check_in_at_the_entrance_and_a_mentor_logs_help(program: Program, browser: Browser) -> None:
    playground, pin = program.shell(BEGIN).split()
    tablet = signed_in(browser, program.address, "coordinator")
    reads_in_every_language(tablet, f"/playgrounds/{playground}/")
    tablet.go(f"/playgrounds/{playground}/")
    row = tablet.page.locator("li", has_text="June Lane")
    row.get_by_role("button", name="Check in").click()
    row.get_by_role("button", name="Undo").click()
    row.get_by_role("button", name="Check in").wait_for()
    tablet.check()
    tablet.page.get_by_text("Check-in on this tablet").click()
    tablet.press("Start the check-in")
    reads_in_every_language(tablet, "/kiosk/", "/kiosk/board/")

    tablet.go("/kiosk/")
    tablet.page.locator("[data-square]").wait_for()
    tablet.page.context.set_offline(True)
    tablet.page.fill("#id_pin", pin)
    tablet.page.get_by_role("button", name="I am here").click()
    tablet.sees("The network is away.")
    tablet.page.wait_for_timeout(6000)  # it is sent again after five seconds, in vain
    assert here(program, playground) == []
    tablet.page.context.set_offline(False)
    wait_until(lambda: here(program, playground) == ["teacher:pin"], "the PIN that waited is sent")
    tablet.page.wait_for_timeout(6000)  # and not sent again
    assert tablet.page.evaluate("localStorage.length && JSON.parse(localStorage[Object.keys(localStorage)[0]])") == []
    tablet.page.fill("#id_pin", pin)
    tablet.page.get_by_role("button", name="I am here").click()
    tablet.sees("You are checked in.")
    assert here(program, playground) == ["teacher:pin"]
    tablet.check()
    tablet.troubles = [trouble for trouble in tablet.troubles if "ERR_INTERNET_DISCONNECTED" not in trouble]
    tablet.leave()

    student = signed_in(browser, program.address, "student", size=PHONE)
    student.go(program.shell(SQUARE.format(playground)).strip())
    student.press("I am here")
    student.sees("You are checked in.")
    assert here(program, playground) == ["student:qr", "teacher:pin"]
    student.go("/")
    student.taps = 0
    student.follow("I helped somebody")
    student.press("Ms Ortiz")
    form = student.page.locator("section", has_text=re.compile("Finish it: how did you help Ms Ortiz"))
    form.locator("label.chip", has_text="I showed it").click()
    form.locator("label.chip", has_text="It works now").click()
    form.get_by_role("button", name="Send").click()
    student.taps += 3
    student.sees("Saved. The coordinator looks at it next.")
    assert student.taps <= 6
    student.leave()
    program.shell(END.format(playground))


def here(program: Program, playground: str) -> list[str]:
    """Who is noted as present there, and how they checked in."""
    return program.shell(HERE.format(playground)).split()


def reads_in_every_language(person: Visitor, *paths: str) -> None:
    """Each page in Spanish, in Arabic in the dark, and in English again."""
    for language, scheme in (("Spanish", "light"), ("Arabic", "dark"), ("English", "light")):
        pair.speak(person, language)
        person.page.emulate_media(color_scheme=scheme)
        for path in paths:
            person.go(path)
