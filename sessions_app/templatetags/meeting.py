"""Places and waiting times as people say them."""

import datetime as dt

from django import template
from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Room, User
from accounts.templatetags.speaking import spoken_time
from sessions_app.models import PlaygroundSession
from sessions_app.reports.playground_pin import spoken_pin

register = template.Library()


@register.filter
def spoken_room(room: Room) -> str:
    """A room whose name is only a number is called a room: "room 112"; else its name, as "Library"."""
    return _("room %(number)s") % {"number": room.name} if room.name[:1].isdigit() else room.name


@register.simple_tag
def countdown(start: dt.datetime, now: dt.datetime) -> str:
    """How long until then: "now", "in 20 minutes", "in 2 hours", "tomorrow at 10:40", "on Thursday", "in 9 days"."""
    wait = start - now
    days = (timezone.localtime(start).date() - timezone.localtime(now).date()).days
    if wait <= dt.timedelta():
        return _("now")
    if wait < dt.timedelta(hours=1):
        minutes = max(1, round(wait.total_seconds() / 60))
        return ngettext("in %(count)s minute", "in %(count)s minutes", minutes) % {"count": minutes}
    if days == 0:
        hours = round(wait.total_seconds() / 3600)
        return ngettext("in %(count)s hour", "in %(count)s hours", hours) % {"count": hours}
    if days == 1:
        return _("tomorrow at %(time)s") % {"time": spoken_time(start)}
    if days < 7:
        return _("on %(weekday)s") % {"weekday": weekday(start)}
    return ngettext("in %(count)s day", "in %(count)s days", days) % {"count": days}


@register.filter
def weekday(value: dt.date) -> str:
    """The day of the week alone: "Thursday"."""
    local = timezone.localtime(value) if isinstance(value, dt.datetime) else value
    return formatted(local, "l")


@register.filter
def pin_for(playground: PlaygroundSession, person: User) -> str:
    """The PIN with which this person checks in there: "042 917". Show it to nobody else."""
    return spoken_pin(playground, person)
