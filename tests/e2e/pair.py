"""What a teacher and her mentor do in the day: join, book, lose, move, log, answer."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from tests.e2e.visitor import Visitor

WALL = ZoneInfo("America/Chicago")  # of the demo school


def say_yes_at_home(student: Visitor) -> None:
    """The home page asks; the words come first, then yes and no; the next question follows."""
    student.go("/")
    student.sees("Your school asks you")
    student.follow("Read and choose")
    student.sees("If I withdraw, this disappears")
    student.press("Yes, I agree")
    student.sees("You said yes.")
    student.follow("Not now")


def join_the_playground(teacher: Visitor) -> None:
    """One tap on the home page."""
    teacher.go("/")
    teacher.page.get_by_role("button", name="Join").first.click()
    teacher.sees("You are coming")
    teacher.check()


def look_for_times(teacher: Visitor, day: dt.date) -> None:
    """A tool, a learner group, and times with Maya on a day."""
    page = teacher.page
    teacher.go("/")
    teacher.follow("Captions")
    if page.get_by_role("button", name="Book this").count() == 0:  # more than one tool serves this need
        teacher.follow("Live captions")
    teacher.tap("for Emergent Bilingual learners", role="link")
    page.get_by_role("heading", name="for Emergent Bilingual learners").wait_for()
    page.get_by_text("Another day or mentor").click()
    page.get_by_label("Mentor").select_option(label="Maya R.")
    page.get_by_label("Day").fill(day.isoformat())
    page.get_by_role("button", name="Show times").click()
    page.wait_for_url(f"**day={day}**")
    teacher.check()


def book_the_first(teacher: Visitor) -> tuple[int, str]:
    """Book the first time that the page offers, with a goal; answers the booking's number and the period's."""
    offer = teacher.page.locator("article").first
    period = offer.locator("input[name=period]").input_value()
    offer.get_by_label("Lesson goal").fill("Historia oral: ¿quién soy?")
    offer.get_by_role("button", name="Book this").click()
    teacher.sees("you will both be reminded")
    teacher.check()
    teacher.sees("Historia oral")
    return int(teacher.page.url.rstrip("/").rsplit("/", 1)[1]), period


def lose_the_same_time(rival: Visitor, period: str) -> None:
    """Somebody whose page still offers that time gets other times instead."""
    offer = rival.page.locator("article", has=rival.page.locator(f"input[name=period][value='{period}']"))
    offer.get_by_role("button", name="Book this").click()
    rival.sees("That time was just taken")
    assert rival.page.get_by_role("button", name="Book this").count() == 3
    rival.check()
    rival.leave()


def move_it(teacher: Visitor, booking: int, day: dt.date) -> dt.datetime:
    """Move the booking to another period of its day, by the form; answers when it now begins, on the school's wall."""
    page = teacher.page
    teacher.go(f"/bookings/{booking}/")
    teacher.follow("Move")
    page.get_by_text("Another day, period, time or room").click()
    wanted = {"2nd period": dt.time(8, 50), "4th period": dt.time(10, 40), "6th period": dt.time(13)}
    now_in = page.locator("#id_period option:checked").inner_text()
    period = next(name for name in reversed(wanted) if name != now_in)
    page.select_option("#id_period", label=period)
    page.get_by_role("button", name="Move it", exact=True).click()
    teacher.sees("the reminders moved too")
    teacher.check()
    teacher.sees(period)
    return dt.datetime.combine(day, wanted[period], WALL)


def speak(person: Visitor, language: str) -> None:
    """Choose a language on the reading page, which works without its script too."""
    person.go("/reading/")
    code = {"English": "en", "Spanish": "es", "Arabic": "ar"}[language]
    person.page.locator(f"main label.chip:has(input[name=language][value={code}])").click()
    person.page.wait_for_timeout(500)
    if person.page.locator("main button[data-reading-save]").is_visible():
        person.page.locator("main button[data-reading-save]").click()
    person.page.goto(person.address)
    assert person.page.locator("html").get_attribute("lang") == code


def log_the_help(student: Visitor) -> None:
    """Three taps on the home page."""
    student.go("/")
    taps = student.taps
    student.choose("I showed it")
    student.choose("It works now")
    student.press("Send")
    student.sees("Your help is in the log")
    assert student.taps - taps <= 4


def answer_the_survey(teacher: Visitor) -> None:
    """Twelve points, one of them rather not said, and two open questions."""
    page = teacher.page
    teacher.go("/surveys/")
    teacher.follow("Answer")
    agree = page.get_by_role("button", name="Agree and begin")
    (agree if agree.count() else page.get_by_role("link", name="Begin")).click()
    page.get_by_role("button", name="Send my answers").wait_for()
    teacher.check()
    questions = page.locator("fieldset.question")
    assert questions.count() >= 12
    for number in range(questions.count()):
        questions.nth(number).locator("label.chip").nth(5 if number == 11 else number % 5).click()
    for box in page.locator("main textarea").all():
        box.fill('=HYPERLINK("https://elsewhere.example","Mañana")')
    teacher.press("Send my answers")
    teacher.sees("You are done")
