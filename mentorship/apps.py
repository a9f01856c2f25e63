from django.apps import AppConfig


class MentorshipConfig(AppConfig):
    """Who mentors whom, and what was done."""

    name = "mentorship"
