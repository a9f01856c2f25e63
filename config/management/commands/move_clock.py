import datetime as dt
import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from accounts.models import School

STEP = re.compile(r"\+(\d+)([mhdw])")
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Command(BaseCommand):
    """Moves the clock of web, worker and beat together, with DEBUG on: the day before can be lived through."""

    help = (
        "Move the clock to 'YYYY-MM-DD HH:MM' on the school's wall, by +30m, +2h, +1d, +1w, or `back` to the real time."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("to")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The clock moves only with DEBUG on.")
        file, to = Path(settings.CLOCK_OFFSET_FILE), str(options["to"]).strip()
        if to == "back":
            file.unlink(missing_ok=True)
        else:
            real_now = clock.now() - clock.offset()
            offset = wanted(to) - real_now
            draft = file.with_suffix(".new")  # renamed when whole: nobody reads half a number
            draft.write_text(str(offset.total_seconds()))
            draft.replace(file)
        self.stdout.write(f"It is now {clock.now().astimezone(wall()):%A %Y-%m-%d %H:%M}.")


def wall() -> dt.tzinfo:
    """The time zone of the only, or first, school; UTC where there is none yet."""
    school = School.objects.order_by("pk").first()
    return school.zone if school else dt.UTC


def wanted(text: str) -> dt.datetime:
    """The moment that +1d, or a date with a time on the school's wall, means."""
    if step := STEP.fullmatch(text):
        count, unit = step.groups()
        return clock.now() + dt.timedelta(**{UNITS[unit]: int(count)})
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=wall())
    except ValueError as error:
        raise CommandError(f"{text!r} is neither 'YYYY-MM-DD HH:MM' nor a step such as +1d, nor `back`.") from error
