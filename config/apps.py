from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


class ConfigConfig(AppConfig):
    """What joins the four apps: settings, addresses, home page, commands."""

    name = "config"

    def ready(self) -> None:
        post_migrate.connect(create_cache_table, sender=self)


def create_cache_table(*, using: str, **kwargs: object) -> None:
    """The cache, and with it the limits of sign-in, lives in a table that Django's migrations do not make."""
    call_command("createcachetable", database=using, verbosity=0)
