"""After a new key was put first in FIELD_KEYS: encrypt everything with it, so that the old one can be taken away."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.field_key import KeyMissing
from accounts.services.field_key import rotate_learner_flags, rotate_second_factors
from accounts.trail import writing


class Command(BaseCommand):
    """Runs while people work, and may run twice: the second time there is nothing to do."""

    help = "Encrypt learner flags and second factors with the newest key of FIELD_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say how many values went over to the newest key."""
        try:
            with writing("command:rotate_field_key"):
                flags, factors = rotate_learner_flags(), rotate_second_factors()
        except KeyMissing:
            raise CommandError(
                "A value can't be opened with any key of FIELD_KEYS. Put the old key back behind the newest one,"
                " and run this again; until then take no key away."
            ) from None
        self.stdout.write(f"Now under the newest key: learner flags {flags}, second factors {factors}.")
