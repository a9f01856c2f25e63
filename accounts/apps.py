from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class AccountsConfig(AppConfig):
    """Who people are, where and when school is, what they may do, how they are reached."""

    name = "accounts"

    def ready(self) -> None:
        """Every way in, ours and the library's, sends this signal and nothing else in common."""
        from accounts.middleware import begin_visit

        user_logged_in.connect(begin_visit, dispatch_uid="accounts.begin_visit")
