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
from accounts.reports.roster import Fate, Picks, count_plans, plan_roster
from accounts.roster import ALL_SCHOOLS, FIELD_LABELS, FILES, Roster, SchoolUnknown, UnreadableFile, read_files
from accounts.services import Refused
from accounts.services.roster import import_people
from accounts.trail import writing


class Command(BaseCommand):
    """Reads a list, or a OneRoster folder or its zip. The last line of output has the counts."""

    help = "Import teachers, and with --all-students the students, from a list or a OneRoster export."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """PATH, and how much of it."""
        parser.add_argument("path", type=Path, help="a CSV, XLSX or zip file, or a OneRoster folder")
        parser.add_argument("--school", help="name of the school; without it the only one, else the demo school")
        parser.add_argument("--org", default="", help="of a file with several schools: the sourcedId of the one meant")
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="HEADING=FIELD",
            help=f"what a column is; FIELD is one of {', '.join(FIELD_LABELS)}",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--leaving", action="store_true", help="mark those who are no longer in the roster")
        parser.add_argument("--all-students", action="store_true", help="take the students too, all of them")

    def handle(self, *args: Any, path: Path, school: str | None, **options: Any) -> None:
        """Tell each row that is not taken by row and column, without what stands in it; then the counts."""
        columns = self.columns(options["column"])
        files = self.read(path)
        roster = self.understand(files, options["org"], columns)
        self.prepare()
        place = self.find_school(school)
        if isinstance(roster, SchoolUnknown):
            roster = self.understand(files, self.choose(roster.schools, place, **options), columns)
        assert isinstance(roster, Roster)  # the school that was chosen is one of them
        plans = plan_roster(roster.rows, place, is_whole=roster.is_whole)
        for plan in plans:
            if plan.fate == Fate.REUSED:
                self.stdout.write(f"row {plan.row.number}: this id was somebody else's; say in the browser who it is")
            elif plan.row.reason and plan.row.number:
                column = roster.headings.get(plan.row.column, plan.row.column)
                where = f"row {plan.row.number}" + (f", column {column}" if column else "")
                self.stdout.write(f"{where}: {plan.row.reason.label}")
        if leaving := sum(plan.fate == Fate.LEAVING for plan in plans):
            self.stdout.write(f"no longer in the roster: {leaving}; --leaving marks them, nobody is deleted")
        # A dry run counts every student, since which ones would be picked is not known yet.
        counts = count_plans(plans, Picks(numbers=None))
        if not options["dry_run"]:
            try:
                with writing("command:import_roster"):
                    counts = import_people(
                        roster,
                        school=place,
                        all_students=options["all_students"],
                        is_leaving=options["leaving"],
                        now=clock.now(),
                    )
            except Refused as refusal:
                raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"teachers: {counts['teacher']}, students: {counts['student']}, "
            f"left out: {counts['left_out']}, refused: {counts['refused']}"
        )

    def read(self, path: Path) -> list[tuple[str, bytes]]:
        """The file, or those of a folder that are read; one sentence why not."""
        try:
            paths = sorted(path.iterdir()) if path.is_dir() else [path]
            wanted = [file for file in paths if file == path or file.name.casefold() in FILES]
            return [(file.name, file.read_bytes()) for file in wanted]
        except OSError as error:
            raise CommandError(f"{error.filename} can't be read: {error.strerror}.") from None

    def understand(
        self, files: list[tuple[str, bytes]], school: str, columns: dict[str, str]
    ) -> Roster | SchoolUnknown:
        """The rows of the files, or the question which school is meant; one sentence why they can't be read."""
        try:
            return read_files(files, school=school, columns=columns)
        except SchoolUnknown as question:
            return question
        except UnreadableFile as error:
            raise CommandError(str(error)) from None

    def columns(self, said: list[str]) -> dict[str, str]:
        """What each column is, by its heading."""
        columns = dict(pair.split("=", 1) for pair in said if "=" in pair)
        if wrong := [name for name in columns.values() if name not in FIELD_LABELS]:
            raise CommandError(f"There is no field {wrong[0]!r}; it is one of {', '.join(FIELD_LABELS)}.")
        return columns

    def choose(self, schools: list[tuple[str, str]], place: School, *, org: str, dry_run: bool, **options: Any) -> str:
        """Of several schools in the file the one that has our school's name; a first look may count them all."""
        ids = {name.casefold(): key for key, name in schools}
        if not org and place.name.casefold() in ids:
            return ids[place.name.casefold()]
        self.stdout.write("The file holds several schools; say which one is meant with --org:")
        for key, name in schools:
            self.stdout.write(f"  {key}  {name}")
        if org or not dry_run:
            raise CommandError("Nothing was imported: it is not known which school is meant.")
        return ALL_SCHOOLS

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
