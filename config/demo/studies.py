"""The demo school's two studies: one that is closed, one whose first asking runs."""

from __future__ import annotations

import datetime as dt
import random

from accounts.models import User
from config.demo.people import Demo, make_program
from mentorship.models import Program
from surveys.models import Item, Study, Wave
from surveys.services import agree_to_answer, close_wave, create_study, send_response


def make_last_terms_study(demo: Demo) -> None:
    """A study of last term that was asked twice and is closed, so that the admin has something to hand in."""
    program = make_program(demo, "Last term's tech team", starts=-170, ends=-70)
    study = _study(demo, program, "Last term", first=(-168, -150), second=(-90, -72))
    for wave in study.waves.order_by("opens_at"):
        answer_for_teachers(wave, demo.teachers[1:], dice=demo.dice, now=wave.opens_at + dt.timedelta(days=3))
        close_wave(wave, now=demo.now)


def make_study(demo: Demo, program: Program) -> None:
    """This term's study: the first asking runs, all but the demo teacher have answered; the second will come."""
    study = _study(demo, program, "This term", first=(-7, 14), second=(60, 80))
    wave = study.waves.order_by("opens_at")[0]
    answer_for_teachers(wave, demo.teachers[1:], dice=demo.dice, now=demo.now)


def _study(demo: Demo, program: Program, title: str, *, first: tuple[int, int], second: tuple[int, int]) -> Study:
    def morning(days: int) -> dt.datetime:
        day = demo.today + dt.timedelta(days=days)
        return dt.datetime.combine(day, dt.time(7), demo.school.zone).astimezone(dt.UTC)

    return create_study(
        school=demo.school,
        title=title,
        programs=[program],
        pre=(morning(first[0]), morning(first[1])),
        post=(morning(second[0]), morning(second[1])),
        by=demo.coordinator,
        now=min(demo.now, morning(first[0] - 3)),
    )


def answer_for_teachers(wave: Wave, teachers: list[User], *, dice: random.Random, now: dt.datetime) -> None:
    """Let these teachers answer a wave through the service that the page calls: a little higher the second time."""
    rise = 0.0 if wave.kind == "PRE" else 0.7
    items = list(Item.objects.filter(version=wave.instrument_version_id))
    for teacher in teachers:
        today = now.astimezone(teacher.school.zone).date()
        agree_to_answer(teacher, today=today)
        level = dice.gauss(2.6 + rise, 0.5)
        answers: dict[str, int | str | None] = {}
        for item in items:
            if item.kind == Item.Kind.OPEN:
                answers[item.code] = None
            else:
                value = min(5, max(1, round(dice.gauss(level, 0.7))))
                answers[item.code] = 6 - value if item.is_reversed else value
        send_response(wave, teacher, answers, now=now)
