"""The school's rules of booking."""

from django import forms

from sessions_app.models import BookingRules


class BookingRulesForm(forms.ModelForm):
    """How early, how often, and what students may miss for it."""

    class Meta:
        model = BookingRules
        fields = [
            "notice_minutes",
            "cut_off_minutes",
            "join_notice_minutes",
            "offer_hours",
            "teacher_week_limit",
            "mentor_week_limit",
            "same_class_days",
            "core_week_minutes",
            "opens_at",
            "closes_at",
        ]
        widgets = dict.fromkeys(["opens_at", "closes_at"], forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
