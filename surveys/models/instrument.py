"""A questionnaire: its versions, items and scales. Texts stand in every language beside each other."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import School

# Characters of an answer in one's own words.
LONGEST_ANSWER = 4000


def text_in(texts: dict[str, str], language: str | None = None) -> str:
    """The text in the reader's language, else in English. `texts` maps ISO 639-1 codes to text."""
    return texts.get((language or get_language() or "en")[:2]) or texts["en"]


class Instrument(models.Model):
    """A questionnaire of a school, known by a code that stays."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="instruments")
    code = models.SlugField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "code"], name="surveys_instrument_code_once")]

    def __str__(self) -> str:
        return self.code


class InstrumentVersion(models.Model):
    """One wording of a questionnaire. It never changes under answers given."""

    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    titles = models.JSONField()
    introductions = models.JSONField()
    # The words at 1 and at 5 of a five-point item.
    low_ends = models.JSONField()
    high_ends = models.JSONField()
    # Languages whose wording no school has approved yet; their readers are told so.
    draft_languages = models.JSONField(default=list)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["instrument", "number"], name="surveys_version_number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.number}"

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return text_in(self.titles)

    @property
    def introduction(self) -> str:
        """What is said before the first item, in the reader's language."""
        return text_in(self.introductions)

    @property
    def low_end(self) -> str:
        """The word at 1, in the reader's language."""
        return text_in(self.low_ends)

    @property
    def high_end(self) -> str:
        """The word at 5, in the reader's language."""
        return text_in(self.high_ends)

    @property
    def is_draft(self) -> bool:
        """Whether the wording in the reader's language still waits for the school's approval."""
        return (get_language() or "en")[:2] in self.draft_languages


class Scale(models.Model):
    """A group of items that are summed up together."""

    version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="scales")
    code = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    titles = models.JSONField()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="surveys_scale_code_once")]

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return text_in(self.titles)


class Item(models.Model):
    """One question. `code` is its column in the export and its key in a Response's answers."""

    class Kind(models.TextChoices):
        LIKERT = "likert", _("five points")
        OPEN = "open", _("open question")

    version = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="items")
    scale = models.ForeignKey(Scale, on_delete=models.PROTECT, null=True, blank=True, related_name="items")
    code = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    is_reversed = models.BooleanField(default=False)
    texts = models.JSONField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="surveys_item_code_once"),
            models.UniqueConstraint(fields=["version", "position"], name="surveys_item_position_once"),
            models.CheckConstraint(
                condition=models.Q(kind="likert", scale__isnull=False) | models.Q(kind="open", scale=None),
                name="surveys_item_open_without_scale",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def text(self) -> str:
        """The question in the reader's language."""
        return text_in(self.texts)
