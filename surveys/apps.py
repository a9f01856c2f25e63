from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """What is asked, and what the answers show."""

    name = "surveys"
