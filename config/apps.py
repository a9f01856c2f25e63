from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate


class ConfigConfig(AppConfig):
    """What joins the four apps: settings, addresses, home page, commands."""

    name = "config"

    def ready(self) -> None:
        # Django tells only apps with tables of their own that they were migrated, and this one has none.
        post_migrate.connect(create_cache_table, sender=apps.get_app_config("accounts"))


def create_cache_table(*, using: str, **kwargs: object) -> None:
    """The cache, and with it the limits of sign-in, lives in a table that Django's migrations do not make."""
    call_command("createcachetable", database=using, verbosity=0)
