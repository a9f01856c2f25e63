"""Dates and times as people say them, in the reader's language and on the school's clock.

The order of day and month is Django's own for each language, so that a language added by a school is right at once.
"""

import datetime as dt
from typing import overload

from django import template
from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.utils.formats import get_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User

register = template.Library()


@register.filter
def spoken_day(value: dt.date | None) -> str:
    """A date or an instant as its day: "Thursday 3 December", "jueves 3 de diciembre". Nothing for None."""
    return formatted(on_the_wall(value), f"l {day_and_month()}") if value else ""


@register.filter
def spoken_date(value: dt.date | None) -> str:
    """A date with its year, for what stays on record: "18 September 2026", "18 de septiembre de 2026"."""
    if not value:
        return ""
    in_english = (get_language() or "en").startswith("en")
    return formatted(on_the_wall(value), "j F Y" if in_english else str(get_format("DATE_FORMAT")))


@register.filter
def spoken_time(value: dt.datetime | dt.time | None) -> str:
    """The time of day on the school's walls: "9:05", "13:10"."""
    return formatted_time(value) if value else ""


@register.filter
def spoken_span(start: dt.datetime | dt.time | None, end: dt.datetime | dt.time | None) -> str:
    """From when to when: "10:40 to 11:25"; the start alone where there is no end."""
    if not start or not end:
        return spoken_time(start)
    return _("%(start)s to %(end)s") % {"start": formatted_time(start), "end": formatted_time(end)}


@register.simple_tag
def spoken_when(start: dt.datetime, end: dt.datetime | None = None, period: object = None) -> str:
    """Day, period and time in one breath: "Thursday 3 December, 4th period, 10:40 to 11:25".

    `period` is the school's Period or its name; without one it is left out.
    """
    words = {"day": spoken_day(start), "period": period, "span": spoken_span(start, end)}
    if period:
        return _("%(day)s, %(period)s, %(span)s") % words
    return _("%(day)s, %(span)s") % words


@register.simple_tag
def listed(*things: object) -> SafeString:
    """Short facts side by side: "8:50, room 112". What is empty is left out.

    The comma is the language's. Each thing keeps its own direction: a Latin name stays in its place in an Arabic row.
    """
    return format_html_join(_(", "), "<bdi>{}</bdi>", ((thing,) for thing in things if thing))


@register.filter
def iso_day(value: dt.date | None) -> str:
    """The date for machines: "2026-12-03"."""
    return on_the_wall(value).strftime("%Y-%m-%d") if value else ""


@register.filter
def tile_weekday(value: dt.date | None) -> str:
    """The weekday in short, for a date tile: "Thu". Arabic has no short form that people read: it is written out."""
    return formatted(on_the_wall(value), "l" if get_language() == "ar" else "D").capitalize() if value else ""


@register.filter
def tile_day(value: dt.date | None) -> str:
    """The number of the day, for a date tile: "3"."""
    return str(on_the_wall(value).day) if value else ""


@register.filter
def tile_month(value: dt.date | None) -> str:
    """The month in short, for a date tile: "Dec"."""
    return formatted(on_the_wall(value), "F" if get_language() == "ar" else "M").capitalize() if value else ""


@register.simple_tag
def greeting(user: User, now: dt.datetime) -> str:
    """A student by the first name, an adult by the time of day: "Hi Maya", "Good morning, Ms Ortiz"."""
    if user.is_student:
        return _("Hi %(name)s") % {"name": user.given_name}
    hour = on_the_wall(now).hour
    if hour < 12:
        words = _("Good morning, %(name)s")
    elif hour < 18:
        words = _("Good afternoon, %(name)s")
    else:
        words = _("Good evening, %(name)s")
    return words % {"name": user.short_name}


@overload
def on_the_wall(value: dt.datetime) -> dt.datetime: ...


@overload
def on_the_wall(value: dt.date) -> dt.date: ...


def on_the_wall(value: dt.date) -> dt.date:
    """An aware instant as the school's clocks show it; a plain date as it is."""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def day_and_month() -> str:
    """Django's date format for day and month in the active language; English says the day first here."""
    if (get_language() or "en").startswith("en"):
        return "j F"
    return str(get_format("MONTH_DAY_FORMAT"))


def formatted_time(value: dt.datetime | dt.time) -> str:
    """Hours and minutes of a whole day, without a leading zero."""
    moment = on_the_wall(value) if isinstance(value, dt.datetime) else value
    return f"{moment.hour}:{moment.minute:02}"
