from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


class Command(BaseCommand):
    """Brings the database up to date; with DEBUG on, an empty one gets the demo school."""

    help = "Migrate, and load the demo school into an empty database (DEBUG only)."

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("  Migrating the database")
            call_command("migrate", verbosity=0, interactive=False)
        if settings.DEBUG and not get_user_model().objects.exists():
            self.stdout.write("  Loading the demo school")
            call_command("load_demo", verbosity=0)
