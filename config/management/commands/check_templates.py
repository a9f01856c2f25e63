from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.template import TemplateSyntaxError
from django.template.loader import get_template

from config.environment import BASE_DIR


class Command(BaseCommand):
    """Compiles every template of ours: a wrong tag or a missing `{% load %}` shows here, not on a page."""

    help = "Compile every template of the project."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = BASE_DIR / "templates"
        names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        wrong = []
        for name in names:
            try:
                get_template(name)
            except TemplateSyntaxError as error:
                wrong.append(f"{name}: {error}")
        if wrong:
            raise CommandError("\n".join(wrong))
        self.stdout.write(f"{len(names)} templates compile.")
