"""What happened in the demo school's term, and what is about to."""

from __future__ import annotations

import datetime as dt
import uuid

from accounts.models import DayType, Period, Room, User
from config.demo.people import STUDENTS, Demo
from mentorship.models import HelpEntry, LearnerGroup, Mentor, MentorTool, Program
from mentorship.services import set_availability, set_mentor_tools, start_pairing, verify_help_entry
from sessions_app.reports.finder import free_mentors, propose, slots_ahead
from sessions_app.services import book_mentor, log_help, schedule_playground, sign_up

GOALS = ["", "Persuasive texts", "Fractions word problems", "Reading the lab sheet", "Oral history interviews"]


def make_past(demo: Demo, program: Program) -> None:
    """Tools, free periods, pairs, and eight weeks of help, most of it logged and verified."""
    _make_skills_and_free_periods(demo)
    for teacher, student in zip(demo.teachers[:4], demo.students[:4], strict=True):
        start_pairing(program, teacher, student, by=demo.coordinator, today=program.starts_on)
    for days_ago, place in ((57, 1), (51, 2), (44, 0), (36, 3), (29, 4), (23, 1), (12, 5), (8, 6)):
        _meet(demo, program, demo.teachers[place], day=demo.today - dt.timedelta(days=days_ago))
    # The one that the student has not logged yet.
    _meet(
        demo, program, demo.teachers[1], day=demo.today - dt.timedelta(days=1), mentor=demo.students[0], is_logged=False
    )


def _make_skills_and_free_periods(demo: Demo) -> None:
    day_types = list(DayType.objects.filter(school=demo.school))
    periods = list(Period.objects.filter(school=demo.school))
    for student, (_given, _family, _grade, languages, _email) in zip(demo.students, STUDENTS, strict=True):
        known = demo.dice.sample(demo.tools, k=min(5, len(demo.tools)))
        if student == demo.students[0]:
            known = demo.tools
        levels = {tool.pk: demo.dice.choice(MentorTool.Level.values) for tool in known}
        set_mentor_tools(Mentor.objects.get(user=student), levels, languages, by=demo.coordinator)
    for person in [*demo.teachers, *demo.students]:
        free = demo.dice.sample(periods, k=3 if person.is_student else 2)
        if person in (demo.teachers[0], demo.students[0]):
            free = [periods[1], periods[3], periods[5]]
        slots = {(day_type.pk, period.pk) for day_type in day_types for period in free}
        set_availability(person, slots, by=demo.coordinator)


def _meet(
    demo: Demo, program: Program, teacher: User, *, day: dt.date, mentor: User | None = None, is_logged: bool = True
) -> None:
    """A meeting in the past: booked the evening before, held, and (mostly) logged and verified."""
    for days_before in range(7):
        on = day - dt.timedelta(days=days_before)
        evening_before = dt.datetime.combine(on, dt.time(0, 5), demo.school.zone).astimezone(dt.UTC)
        for slot in slots_ahead(program, today=on, now=evening_before, days=0):
            tool = demo.dice.choice(demo.tools)
            found = free_mentors(
                teacher, tool=tool, program=program, day=slot.day, period=slot.period, now=evening_before
            )
            wanted = [proposal for proposal in found if mentor in (None, proposal.mentor)]
            if not wanted or wanted[0].ends_at > demo.now:
                continue
            best = wanted[0]
            booking = book_mentor(
                by=teacher,
                program=program,
                teacher=teacher,
                mentor=User.objects.get(pk=best.mentor.pk),
                tool=tool,
                room=Room.objects.get(pk=best.room.pk),
                day=best.day,
                period=best.period,
                learner_group=demo.dice.choice(LearnerGroup.values),
                goal=demo.dice.choice(GOALS),
                request_key=uuid.uuid4(),
                now=evening_before,
            )
            if is_logged:
                entry = log_help(
                    booking,
                    by=booking.mentor,
                    minutes=demo.dice.choice([20, 25, 30, 40]),
                    tools=[tool],
                    done=[HelpEntry.Done.SHOWED, HelpEntry.Done.TRIED],
                    outcome=demo.dice.choice([HelpEntry.Outcome.SOLVED, HelpEntry.Outcome.PRACTISE]),
                    trouble=[],
                    note="",
                    now=best.ends_at,
                )
                if day < demo.today - dt.timedelta(weeks=2):
                    verify_help_entry(entry, by=demo.coordinator, now=best.ends_at + dt.timedelta(hours=3))
            return


def make_coming(demo: Demo, program: Program) -> None:
    """Two playgrounds, and bookings in the next days, the first teacher's with the first student among them."""
    slots = slots_ahead(program, today=demo.today + dt.timedelta(days=1), now=demo.now, days=14)
    by_day = {slot.day: slot for slot in slots}
    days = list(by_day)
    for day, title, support, mentors in (
        (days[2], "Captions and translation", {"captions", "translation"}, demo.students[1:4]),
        (days[6], "Dictation drop-in", {"dictation"}, demo.students[4:6]),
    ):
        playground = schedule_playground(
            by=demo.coordinator,
            program=program,
            title=title,
            tools=[tool for tool in demo.tools if tool.support in support],
            room=demo.rooms["Library"],
            places=12,
            adult_in_charge=demo.teachers[7],
            mentors=mentors,
            day=day,
            period=by_day[day].period,
            now=demo.now,
        )
        for teacher in demo.teachers[8:12]:
            sign_up(playground, by=teacher, now=demo.now)
    for place, mentor, days_ahead in ((0, 0, 2), (2, 2, 1), (3, 3, 1), (4, None, 3), (5, None, 4)):
        wanted = None if mentor is None else demo.students[mentor]
        _book_ahead(demo, program, demo.teachers[place], wanted, first=demo.today + dt.timedelta(days=days_ahead))


def _book_ahead(demo: Demo, program: Program, teacher: User, mentor: User | None, *, first: dt.date) -> None:
    """The first meeting from a day on that is possible for this teacher, with her own mentor or any."""
    found = [
        (proposal.starts_at, place, tool, proposal)
        for place, tool in enumerate(demo.tools)
        for proposal in propose(
            teacher,
            tool=tool,
            program=program,
            now=demo.now,
            today=first,
            learner_group=LearnerGroup.EB,
            mentor_id=mentor.pk if mentor else None,
            limit=50,
        )
    ]
    if not found:
        return
    _starts_at, _place, tool, best = min(found, key=lambda each: each[:2])
    book_mentor(
        by=teacher,
        program=program,
        teacher=teacher,
        mentor=User.objects.get(pk=best.mentor.pk),
        tool=tool,
        room=Room.objects.get(pk=best.room.pk),
        day=best.day,
        period=best.period,
        learner_group=LearnerGroup.EB,
        goal="Persuasive texts",
        request_key=uuid.uuid4(),
        now=demo.now,
    )
