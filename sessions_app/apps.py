from django.apps import AppConfig


class SessionsConfig(AppConfig):
    """When and where people meet."""

    name = "sessions_app"
