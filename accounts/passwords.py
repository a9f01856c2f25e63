"""What makes a password easy to guess in a school."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Words that everybody around here would try first (docs/asvs.md, 6.1.2); the school's name comes to them.
WORDS = ("flipside", "playground", "mentor", "teacher", "student", "coordinator", "school")
# What must be left of a password without these words.
ENOUGH_LEFT = 6


class SchoolWordsValidator:
    """Refuses a password that is little more than a word of the program or of the school's name."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError if too little is left once these words are taken out."""
        school = getattr(user, "school", None)
        words = [*WORDS, *(word for word in school.name.casefold().split() if len(word) > 3)] if school else [*WORDS]
        left = password.casefold()
        for word in words:
            left = left.replace(word, "")
        if left != password.casefold() and len(left) < ENOUGH_LEFT:
            raise ValidationError(_("This is easy to guess at your school. Choose other words."), code="school_words")

    def get_help_text(self) -> str:
        """What the page says beside the field."""
        return _("Your password can't be mostly a word of the program or of your school's name.")
