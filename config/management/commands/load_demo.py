"""Load the demo school into an empty database."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts import clock
from accounts.models import School
from accounts.trail import writing
from config import demo


class Command(BaseCommand):
    help = "Loads the demo school, if the database has no school yet. Refused when DEBUG is off."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo school has known passwords: it is not loaded with DEBUG off.")
        if School.objects.exists():
            self.stdout.write("There is a school already: nothing was loaded.")
            return
        with writing("command:load_demo"):
            school = demo.load(now=clock.now())
        self.stdout.write(f"Loaded the demo school: {school.name}.")
