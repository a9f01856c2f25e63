"""Saying no to a meeting: the hard rules of every booking, the school's own, and the protection of mentors."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Period, Room, School, SchoolDay, User
from accounts.permissions import RUN_PROGRAM
from accounts.services import Refused
from mentorship.models import Program, Tool
from sessions_app.models import BookingRules, PlaygroundSession
from sessions_app.models.hold import Misses
from sessions_app.models.rules import CLOCK_MINUTES, CLOCK_STEP
from sessions_app.reports.protection import missed_of
from sessions_app.reports.rules import Leaving, MeetingFacts
from sessions_app.services.holds import TimeTaken


class Protected(Refused):
    """A mentor would miss too much, or on a testing day. A coordinator may book all the same, with a reason."""


def refuse_forbidden_meeting(
    facts: MeetingFacts,
    *,
    by: User,
    program: Program,
    mentor: User,
    room: Room,
    tool: Tool,
    period: Period | None,
    start: dt.datetime,
    now: dt.datetime,
) -> None:
    """The rules of every booking, in the order in which somebody can do something about them.

    Notice and limits a week do not bind who runs the program.
    """
    if facts.is_mentor_held or facts.is_teacher_held or facts.is_room_held:
        raise TimeTaken
    if start <= now:
        begun = _("This period has begun already. Choose a later one.")
        raise Refused(begun if period else _("That time has begun already. Choose a later one."))
    if not (room.in_view and room.school_id == program.school_id):
        raise Refused(_("%(room)s is not a room in view. Meet where others can look in.") % {"room": room.name})
    if not facts.are_in_program:
        raise Refused(_("Both must be in the program."))
    if not facts.is_available:
        # One sentence for all: who raised a concern, who would rather not, what a family signed or which classes a
        # student is in is not the other one's to know.
        raise Refused(_("%(mentor)s is not available. Choose another mentor.") % {"mentor": mentor.short_name})
    if not facts.knows_tool:
        raise Refused(_("%(mentor)s does not help with %(tool)s.") % {"mentor": mentor.short_name, "tool": tool.name})
    is_bound = not may_go_past_rules(by, program)
    _refuse_not_free(facts, mentor=mentor, period=period, to_teacher=is_bound)
    if is_bound:
        _refuse_by_school(facts, BookingRules.of(program.school), mentor=mentor, start=start, now=now)


def _refuse_not_free(facts: MeetingFacts, *, mentor: User, period: Period | None, to_teacher: bool) -> None:
    """Both said that they are free then: in this period, or in each that a clock time touches."""
    names = {"mentor": mentor.short_name, "period": period.name if period else ""}
    if not facts.is_free and period:
        raise Refused(_("%(mentor)s is not free in %(period)s.") % names)
    if not facts.is_free:
        raise Refused(_("%(mentor)s is not free at that time.") % names)
    if not (facts.is_teacher_free or to_teacher):
        raise Refused(_("The teacher's free periods say that she is not free then. Choose another time."))
    if not facts.is_teacher_free and period:
        raise Refused(
            _("Your free periods say that you are not free in %(period)s. Change them, or choose another period.")
            % names
        )
    if not facts.is_teacher_free:
        raise Refused(
            _("Your free periods say that you are not free at that time. Change them, or choose another time.")
        )


def refuse_bad_clock_time(day: dt.date, start: dt.datetime, end: dt.datetime, *, school: School) -> None:
    """A clock time lies on a school day, within the hours that the school set, and lasts a reasonable while.

    It begins at a whole five minutes and lasts 15 to 120 minutes, in steps of five.
    """
    minutes, begins = (end - start) / dt.timedelta(minutes=1), start.astimezone(school.zone)
    if minutes not in CLOCK_MINUTES or begins.minute % CLOCK_STEP or begins.second or begins.microsecond:
        raise Refused(_("Choose a start at a whole five minutes, and a length from the list."))
    if not SchoolDay.objects.filter(school=school, date=day).exists():
        raise Refused(_("There is no school on that day."))
    refuse_closed_hours(day, start, end, school=school)


def refuse_closed_hours(day: dt.date, start: dt.datetime, end: dt.datetime, *, school: School) -> None:
    """A clock time lies within the hours that the school set."""
    rules = BookingRules.of(school)
    begins, ends = start.astimezone(school.zone), end.astimezone(school.zone)
    is_inside = begins.time() >= rules.opens_at and ends.time() <= rules.closes_at
    if not is_inside or not begins.date() == ends.date() == day:
        raise Refused(
            _("Your school books from %(opens)s to %(closes)s only.")
            % {"opens": f"{rules.opens_at:%H:%M}", "closes": f"{rules.closes_at:%H:%M}"}
        )


def refuse_unprotected(leaving: Leaving, *, minutes: int, mentor: User, rules: BookingRules) -> None:
    """Mentors are protected: testing days, the same class again too soon, too much core class in a week.

    Raises Protected with the sentence. `minutes` is how long the meeting would be; at a clock time only those of core
    classes count.
    """
    name = {"mentor": mentor.short_name}
    if leaving.is_testing:
        raise Protected(_("This is a testing day. Mentors are not booked on it."))
    if leaving.has_left_before:
        raise Protected(_("%(mentor)s left this class not long ago. Choose another time.") % name)
    if leaving.misses == Misses.CORE and leaving.core_minutes + missed_of(leaving, minutes) > rules.core_week_minutes:
        raise Protected(_("%(mentor)s would miss too much of core classes in that week.") % name)


def refuse_late_change(start: dt.datetime, *, by: User, program: Program, now: dt.datetime) -> None:
    """Shortly before it begins, and once it has, a meeting is moved or cancelled by who runs the program only."""
    if may_go_past_rules(by, program):
        return
    refuse_begun(start, now=now)
    minutes = BookingRules.of(program.school).cut_off_minutes
    if start < now + dt.timedelta(minutes=minutes):
        raise Refused(
            ngettext(
                "It begins in less than %(count)s minute. Ask the coordinator to change it.",
                "It begins in less than %(count)s minutes. Ask the coordinator to change it.",
                minutes,
            )
            % {"count": minutes}
        )


def refuse_begun(start: dt.datetime, *, now: dt.datetime) -> None:
    """What has begun is not called off by the two: it takes place, or somebody says that it did not."""
    if start <= now:
        raise Refused(_("It has begun. If somebody does not come, say that it did not take place."))


def refuse_late_sign_up(playground: PlaygroundSession, *, by: User, now: dt.datetime) -> None:
    """The school's notice to join a playground; without one teachers may come until it is over."""
    minutes = BookingRules.of(playground.program.school).join_notice_minutes
    late = minutes and playground.starts_at < now + dt.timedelta(minutes=minutes)
    if late and not may_go_past_rules(by, playground.program):
        raise Refused(
            ngettext(
                "Sign up at least %(count)s minute before. Just come by, or ask the coordinator.",
                "Sign up at least %(count)s minutes before. Just come by, or ask the coordinator.",
                minutes,
            )
            % {"count": minutes}
        )


def may_go_past_rules(by: User, program: Program) -> bool:
    """Whether the school's notice, cut-off and limits do not bind this person: the coordinator of that school."""
    return by.may(RUN_PROGRAM) and by.school_id == program.school_id


def _refuse_by_school(
    facts: MeetingFacts, rules: BookingRules, *, mentor: User, start: dt.datetime, now: dt.datetime
) -> None:
    """What the school decided: how early, and how often in a week."""
    if start < now + dt.timedelta(minutes=rules.notice_minutes):
        raise Refused(
            ngettext(
                "Book at least %(count)s minute before. Choose a later time.",
                "Book at least %(count)s minutes before. Choose a later time.",
                rules.notice_minutes,
            )
            % {"count": rules.notice_minutes}
        )
    if rules.teacher_week_limit is not None and facts.teacher_week_count >= rules.teacher_week_limit:
        raise Refused(_("You have as many bookings in that week as your school allows. Choose another week."))
    if rules.mentor_week_limit is not None and facts.mentor_week_count >= rules.mentor_week_limit:
        raise Refused(
            _("%(mentor)s helps as often in that week as your school allows. Choose another week or mentor.")
            % {"mentor": mentor.short_name}
        )
