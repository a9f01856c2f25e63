from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Who people are, where and when school is, what they may do, how they are reached."""

    name = "accounts"
