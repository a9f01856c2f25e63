"""What people type about surveys, checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.day import DayField
from accounts.models import School
from mentorship.models import Program
from surveys.models import InstrumentVersion, Item
from surveys.models.instrument import LONGEST_ANSWER

RATHER_NOT = "none"
POINTS = [(str(point), str(point)) for point in range(1, 6)]


class StudyForm(forms.Form):
    """Title, programs and four days. Days are the school's: from the first midnight to the last."""

    title = forms.CharField(label=_("Title"), max_length=120, help_text=_("Only the coordinator and the admin see it."))
    programs = forms.ModelMultipleChoiceField(
        Program.objects.none(),
        label=_("Programs"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("All teachers of these programs are asked, with or without a student mentor."),
    )
    before_opens_on = DayField(label=_("Survey before: first day"))
    before_closes_on = DayField(label=_("Survey before: last day"))
    after_opens_on = DayField(label=_("Survey after: first day"))
    after_closes_on = DayField(label=_("Survey after: last day"))

    def __init__(self, *args: Any, school: School, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school = school
        self.today = today
        self.fields["programs"].queryset = school.programs.filter(closed_on=None)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Each survey ends after it begins, and the one after comes after the one before."""
        cleaned = super().clean() or {}
        before, last_before = cleaned.get("before_opens_on"), cleaned.get("before_closes_on")
        after, last_after = cleaned.get("after_opens_on"), cleaned.get("after_closes_on")
        if before and last_before and last_before < before:
            self.add_error("before_closes_on", _("The last day can't come before the first day."))
        elif last_before and last_before < self.today:
            self.add_error("before_closes_on", _("This day is over. Nobody could answer."))
        if after and last_before and after <= last_before:
            self.add_error("after_opens_on", _("Choose a day after the last day of the survey before."))
        if after and last_after and last_after < after:
            self.add_error("after_closes_on", _("The last day can't come before the first day."))
        return cleaned

    @property
    def before(self) -> tuple[dt.datetime, dt.datetime]:
        """When the survey before opens and closes."""
        return self._midnight("before_opens_on"), self._midnight("before_closes_on", 1)

    @property
    def after(self) -> tuple[dt.datetime, dt.datetime]:
        """When the survey after opens and closes."""
        return self._midnight("after_opens_on"), self._midnight("after_closes_on", 1)

    def _midnight(self, field: str, days: int = 0) -> dt.datetime:
        day = self.cleaned_data[field] + dt.timedelta(days=days)
        return dt.datetime.combine(day, dt.time(), self.school.zone).astimezone(dt.UTC)


class AnswerForm(forms.Form):
    """All items of a questionnaire on one page. A field carries its item's code."""

    def __init__(self, *args: Any, version: InstrumentVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        self.items = list(version.items.select_related("scale"))
        for item in self.items:
            self.fields[item.code] = _field_for(item)

    def scales(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """The five-point items under the titles of their scales."""
        titles: dict[str, list[forms.BoundField]] = {}
        for item in self.items:
            if item.scale:
                titles.setdefault(item.scale.title, []).append(self[item.code])
        yield from titles.items()

    def open_questions(self) -> list[forms.BoundField]:
        """The questions that are answered in one's own words."""
        return [self[item.code] for item in self.items if item.kind == Item.Kind.OPEN]

    def unanswered(self) -> list[forms.BoundField]:
        """The five-point items that wait for an answer, after a try to send."""
        return [self[item.code] for item in self.items if item.kind == Item.Kind.LIKERT and self[item.code].errors]

    @property
    def answers(self) -> dict[str, int | str | None]:
        """What was answered, by item: a number, text, or None for "I'd rather not say"."""
        values = ((item, self.cleaned_data[item.code]) for item in self.items)
        return {item.code: _answer(item, value) for item, value in values}


def _field_for(item: Item) -> forms.Field:
    if item.kind == Item.Kind.OPEN:
        return forms.CharField(
            label=item.text, required=False, max_length=LONGEST_ANSWER, widget=forms.Textarea(attrs={"rows": 3})
        )
    return forms.ChoiceField(
        label=item.text,
        choices=[*POINTS, (RATHER_NOT, _("I'd rather not say"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a number, or “I'd rather not say”.")},
    )


def _answer(item: Item, value: str) -> int | str | None:
    if item.kind == Item.Kind.OPEN:
        return value or None
    return None if value == RATHER_NOT else int(value)
