"""How one person's messages come."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.school_settings import LEADS, spoken_lead
from accounts.models import Message, MessageChoice, User
from accounts.models.message_choice import Topic
from accounts.permissions import ANSWER_SURVEY, LOG_HELP, RUN_PROGRAM, SEE_CALENDAR, Act

Channel = Message.Channel
WAYS = [(Channel.MAIL.value, _("By e-mail")), (Channel.HOME.value, _("On my home page only"))]
ACT_OF: dict[Topic, Act] = {
    Topic.SESSIONS: SEE_CALENDAR,
    Topic.CHANGES: SEE_CALENDAR,
    Topic.LOGS: LOG_HELP,
    Topic.SURVEYS: ANSWER_SURVEY,
    Topic.DIGEST: RUN_PROGRAM,
}


def topics_of(user: User) -> list[Topic]:
    """The topics on which this person can get messages at all."""
    return [topic for topic in Topic if user.may(ACT_OF[topic])]


class MessageChoiceForm(forms.Form):
    """A way for each topic, where there is an address; and two times for the reminders of sessions."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """Show what this person has chosen; a time that the school no longer allows shows as the school's."""
        super().__init__(*args, **kwargs)
        self.topics = topics_of(user)
        chosen = {row.topic: row for row in MessageChoice.objects.filter(user=user)}
        self.chosen_ways = {topic: chosen[topic].channel if topic in chosen else Channel.MAIL for topic in self.topics}
        if user.email:
            for topic in self.topics:
                self.fields[topic] = forms.ChoiceField(
                    label=topic.label, choices=WAYS, initial=self.chosen_ways[topic], widget=forms.RadioSelect
                )
        if Topic.SESSIONS in self.topics:
            self._add_times(user)
        self.order_fields([Topic.SESSIONS, "first", "second"])

    def _add_times(self, user: User) -> None:
        school = user.school
        own = sorted(user.reminder_leads or [], reverse=True)
        limits = range(school.lead_least, school.lead_most + 1)
        times = [(str(minutes), spoken_lead(minutes)) for minutes in sorted({*LEADS, *own}) if minutes in limits]
        usual = sorted(school.reminder_leads, reverse=True)
        labels = {"first": _("First reminder"), "second": _("Second reminder")}
        for place, (name, label) in enumerate(labels.items()):
            said = _("as the school: %(time)s") % {"time": spoken_lead(usual[place])}
            initial = str(own[place]) if own and own[place] in limits else ""
            self.fields[name] = forms.ChoiceField(
                label=label, choices=[("", said), *times], initial=initial, required=False
            )
        self.usual = usual

    def clean(self) -> dict[str, Any]:
        """Two reminders at one moment are one too many."""
        cleaned = super().clean() or {}
        if {"first", "second"} <= cleaned.keys() and len(set(self._times())) < len(self._times()):
            self.add_error("second", _("Choose another time than for the first reminder."))
        return cleaned

    @property
    def channels(self) -> dict[str, str]:
        """A way for each topic; without an address what was chosen stays as it is."""
        return {topic: self.cleaned_data.get(topic) or self.chosen_ways[topic] for topic in self.topics}

    @property
    def leads(self) -> list[int] | None:
        """Both times in minutes, or None where both are the school's."""
        if not (self.cleaned_data.get("first") or self.cleaned_data.get("second")):
            return None
        return self._times()

    def _times(self) -> list[int]:
        return [int(self.cleaned_data[name] or self.usual[place]) for place, name in enumerate(("first", "second"))]
