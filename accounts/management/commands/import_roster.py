"""Import a roster from the command line, for scripts and for a first look with --dry-run."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from accounts.models import School
from accounts.reports.roster import count_plans, plan_roster
from accounts.roster import MAXIMUM_BYTES, Roster, UnreadableFile, read_roster
from accounts.services import Refused
from accounts.services.roster import import_people


class Command(BaseCommand):
    """Reads a CSV file, or the users.csv of a folder in OneRoster's format. The last line of output has the counts."""

    help = "Import teachers, and with --all-students the students, from a CSV file or a OneRoster folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """PATH, and how much of it."""
        parser.add_argument("path", type=Path, help="a CSV file, or a folder with users.csv")
        parser.add_argument("--school", help="name of the school; without it the only one, else the demo school")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--all-students", action="store_true", help="take the students too, all of them")

    def handle(self, *args: Any, path: Path, school: str | None, **options: Any) -> None:
        """Tell each row that is not taken by row and column, without what stands in it; then the counts."""
        roster = self.read(path / "users.csv" if path.is_dir() else path)
        self.prepare()
        place = self.find_school(school)
        plans = plan_roster(roster.rows, place)
        for plan in plans:
            if plan.row.reason:
                column = roster.headings.get(plan.row.column, plan.row.column)
                where = f"row {plan.row.number}" + (f", column {column}" if column else "")
                self.stdout.write(f"{where}: {plan.row.reason.label}")
        # A dry run counts every student, since which ones would be picked is not known yet.
        counts = count_plans(plans, picked=None)
        if not options["dry_run"]:
            try:
                counts = import_people(roster, school=place, all_students=options["all_students"], now=clock.now())
            except Refused as refusal:
                raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"teachers: {counts['teacher']}, students: {counts['student']}, "
            f"left out: {counts['left_out']}, refused: {counts['refused']}"
        )

    def read(self, file: Path) -> Roster:
        """The rows of the file, or one sentence why not."""
        try:
            with file.open("rb") as opened:
                return read_roster(opened.read(MAXIMUM_BYTES + 1))
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}.") from None
        except UnreadableFile as error:
            raise CommandError(str(error)) from None

    def prepare(self) -> None:
        """On a machine for development bring the tables up to date, and load the demo school where there is none."""
        if settings.DEBUG:
            call_command("migrate", interactive=False, verbosity=0)
            if not School.objects.exists():
                call_command("load_demo", verbosity=0)

    def find_school(self, name: str | None) -> School:
        """The school of this name; without a name the only one, else the demo school."""
        schools = School.objects.filter(name=name) if name else School.objects.all()
        found = list(schools[:2])
        if len(found) == 2 and not name:
            found = list(School.objects.filter(is_demo=True)[:2])
        if len(found) != 1:
            raise CommandError(f"There is no school “{name}”." if name else "Say which school with --school NAME.")
        return found[0]
