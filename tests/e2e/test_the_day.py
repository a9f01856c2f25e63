"""One school day, end to end: real browser, real web, worker, beat and mail, and a clock that jumps."""

from __future__ import annotations

import csv
import datetime as dt
import io
from email.message import Message as Letter
from pathlib import Path

import pytest
from django.utils import formats, translation
from playwright.sync_api import Browser

from tests.e2e import coordinator as staff
from tests.e2e import pair
from tests.e2e.conftest import Program, wait_until
from tests.e2e.mailbox import assert_moved_event, letters_to, uid_of, words_of
from tests.e2e.pair import WALL
from tests.e2e.visitor import PASSWORD, PHONE, Visitor, saved, signed_in

pytestmark = pytest.mark.e2e

ADDRESS = "teacher@maple-street.example"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@pytest.mark.usefixtures("clock_goes_back", "english_again")
def test_one_school_day_from_the_roster_to_the_export(program: Program, browser: Browser, tmp_path: Path) -> None:
    today = dt.datetime.now(WALL).date()
    meeting_day = school_day(today + dt.timedelta(days=5))
    open_the_door_for_a_second_teacher(program)
    coordinator = signed_in(browser, program.address, "coordinator")
    teacher = signed_in(browser, program.address, "teacher", size=PHONE)
    student = signed_in(browser, program.address, "student", size=PHONE)
    admin = signed_in(browser, program.address, "admin")
    for person in (coordinator, teacher, student, admin):
        person.check()

    staff.import_a_roster(coordinator)
    staff.record_a_consent(coordinator)
    newcomer = let_in(program, browser, "yusuf.said")
    pair.say_yes_at_home(newcomer)
    staff.sees_that_both_said_yes(coordinator)
    staff.add_a_period(coordinator)
    staff.start_a_program(coordinator, today)
    staff.schedule_a_playground(coordinator, school_day(today + dt.timedelta(days=1)))

    pair.join_the_playground(teacher)
    rival = signed_in(browser, program.address, "omar.haddad")
    pair.look_for_times(rival, meeting_day)
    pair.look_for_times(teacher, meeting_day)
    booking, period = pair.book_the_first(teacher)
    pair.lose_the_same_time(rival, period)
    starts_at = pair.move_it(teacher, booking, meeting_day)
    nothing_to_export_yet(admin)
    wait_until(lambda: len(letters_about(program, booking)) == 2, "the mails that it was booked and moved")
    assert_moved_event(letters_about(program, booking)[1], booking, starts_at)

    pair.speak(teacher, "Spanish")
    day_before = letter_after_jump(program, booking, starts_at - dt.timedelta(hours=24) + dt.timedelta(minutes=1))
    assert_moved_event(day_before, booking, starts_at)
    with translation.override("es"):
        assert formats.date_format(starts_at, "l") in words_of(day_before)
    sees_the_reminder_at_home(student)
    hour_before = letter_after_jump(program, booking, starts_at - dt.timedelta(minutes=59))
    assert_moved_event(hour_before, booking, starts_at)
    assert hour_before["Message-ID"] != day_before["Message-ID"]
    pair.speak(teacher, "English")

    program.jump(starts_at + dt.timedelta(minutes=105))
    pair.log_the_help(student)
    staff.verify_it(coordinator)
    pair.answer_the_survey(teacher)
    program.jump(at_ten(today + dt.timedelta(days=61)))
    the_others_answer(program)
    pair.answer_the_survey(teacher)
    program.jump(at_ten(today + dt.timedelta(days=81)))
    export(admin, tmp_path)

    assert len(letters_about(program, booking)) == 4, (
        "booked, moved, and one reminder each for the day and the hour before"
    )
    for person in (coordinator, teacher, student, admin, newcomer):
        person.leave()


@pytest.mark.usefixtures("english_again")
def test_main_pages_in_every_language_and_light(program: Program, browser: Browser) -> None:
    pages = {
        "teacher": ["/", "/book/", "/calendar/?view=list", "/surveys/", "/log/", "/help/"],
        "student": ["/", "/calendar/", "/log/", "/help/"],
        "coordinator": [
            "/",
            "/people/",
            "/people/roster/",
            "/classes/",
            "/classes/new/",
            "/programs/",
            "/calendar/",
            "/playgrounds/new/",
        ],
        "admin": [
            "/",
            "/surveys/",
            "/school/settings/",
            "/school/limits/",
            "/school/sign-in/",
            "/accounts/second-factor/",
        ],
    }
    for user_name, paths in pages.items():
        person = signed_in(browser, program.address, user_name, size=PHONE)
        for language, direction in (("Spanish", "ltr"), ("Arabic", "rtl")):
            pair.speak(person, language)
            for path in paths:
                person.page.goto(person.address + path)
                assert person.page.locator("html").get_attribute("dir") == direction
                for scheme in ("light", "dark"):
                    person.page.emulate_media(color_scheme=scheme)
                    person.check()
                width = person.page.evaluate("document.documentElement.scrollWidth")
                assert width <= PHONE[0], f"{path} in {language} is {width} px wide"
        person.leave()


def school_day(day: dt.date) -> dt.date:
    """The day itself, or the Monday after a weekend."""
    return day + dt.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def at_ten(day: dt.date) -> dt.datetime:
    """Ten in the morning on the school's wall."""
    return dt.datetime.combine(day, dt.time(10), WALL)


def letters_about(program: Program, booking: int) -> list[Letter]:
    """The mails to the demo teacher about one booking, in order."""
    return [one for one in letters_to(program, ADDRESS) if uid_of(one).startswith(f"booking-{booking}@")]


def open_the_door_for_a_second_teacher(program: Program) -> None:
    """Mr Haddad can sign in, reads English, and is free when Ms Ortiz is."""
    program.shell(
        "from accounts.models import User\n"
        "from mentorship.services import set_availability\n"
        "first, second = (User.objects.get(username=name) for name in ('teacher', 'omar.haddad'))\n"
        f"second.set_password({PASSWORD!r}); second.language = 'en'; second.save()\n"
        "slots = set(first.availability.values_list('day_type_id', 'period_id'))\n"
        "set_availability(second, slots, by=second)\n"
    )


def let_in(program: Program, browser: Browser, user_name: str) -> Visitor:
    """A student whom the roster brought signs in on a phone; a sign-in card would have led to this password."""
    program.shell(
        "from accounts.models import User\n"
        f"person = User.objects.get(username={user_name!r})\n"
        f"person.set_password({PASSWORD!r}); person.language = 'en'; person.save()\n"
    )
    return signed_in(browser, program.address, user_name, size=PHONE)


def letter_after_jump(program: Program, booking: int, to: dt.datetime) -> Letter:
    """The one mail about the booking that comes after the clock has jumped."""
    before = len(letters_about(program, booking))
    program.jump(to)
    wait_until(lambda: len(letters_about(program, booking)) > before, f"a reminder of booking {booking}")
    return letters_about(program, booking)[-1]


def sees_the_reminder_at_home(student: Visitor) -> None:
    """The demo student has no address, so her reminder stands on the home page."""
    student.go("/")
    student.sees("News for you")
    assert "Ms Ortiz" in student.page.locator("section[aria-labelledby=notices-title]").inner_text()


def nothing_to_export_yet(admin: Visitor) -> None:
    """An open survey gives nothing, and the page says why."""
    admin.go("/surveys/")
    admin.follow("This term")
    admin.follow("Export")
    admin.sees("Nothing can be exported yet")


def the_others_answer(program: Program) -> None:
    """The other fourteen teachers send the second survey through the service that the page calls."""
    program.shell(
        "import random\n"
        "from accounts import clock\n"
        "from accounts.models import User\n"
        "from accounts.permissions import Role\n"
        "from config.demo.studies import answer_for_teachers\n"
        "from surveys.models import Wave\n"
        "wave = Wave.objects.get(study__title='This term', kind='POST')\n"
        "others = wave.people().with_role(Role.TEACHER).exclude(username='teacher')\n"
        "answer_for_teachers(wave, list(others), dice=random.Random(1), now=clock.now())\n"
    )


def export(admin: Visitor, folder: Path) -> None:
    """Beat has closed the waves; the file holds one row a person and wave, and nothing that names anybody."""
    page = admin.page

    def is_closed() -> bool:
        page.goto(f"{admin.address}/")
        return page.get_by_role("region", name="Surveys closed").get_by_text("Before, After").count() == 1

    wait_until(is_closed, "both surveys of this term are closed")
    admin.follow("Export")
    admin.sees("The 2 open questions")
    raw = saved(admin, "Download the answers", folder)
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    codebook_raw = saved(admin, "Download the codebook", folder)
    codebook = list(csv.DictReader(io.StringIO(codebook_raw.decode("utf-8-sig"))))

    assert raw.startswith(b"\xef\xbb\xbf")
    assert codebook_raw.startswith(b"\xef\xbb\xbf")
    waves = sorted((row["pseudonym"], row["wave"]) for row in rows)
    assert len(waves) == len(set(waves)) == 30
    assert len({pseudonym for pseudonym, _wave in waves}) == 15
    assert list(rows[0])[:4] == ["pseudonym", "wave", "role", "arm"]
    assert set(rows[0]) == {line["column"] for line in codebook}
    items = [line["column"] for line in codebook if line["scale"]]
    assert len(items) == 12
    assert {row[item] for row in rows for item in items} <= {"", "1", "2", "3", "4", "5"}
    assert sum(not row[item] for row in rows for item in items) == 2, "what Ms Ortiz would rather not say, twice"
    assert "Mañana" not in raw.decode("utf-8-sig")
    assert "Sé activar un apoyo digital" in codebook[4]["text_es"]
    for line in [*rows, *codebook]:
        assert not [cell for cell in line.values() if cell.startswith(FORMULA_STARTS)]
