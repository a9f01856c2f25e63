"""How a person likes to read: font, size, spacing, tint, motion, language."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

FONTS = [("atkinson", "Atkinson"), ("lexend", "Lexend"), ("opendyslexic", "OpenDyslexic")]
SIZES = [("1", _("Normal")), ("2", _("Large")), ("3", _("Larger")), ("4", _("Largest"))]
SPACINGS = [("1", _("Normal")), ("2", _("Wide")), ("3", _("Widest"))]
TINTS = [
    ("paper", _("Warm")),
    ("none", _("Plain")),
    ("cool", _("Blue")),
    ("rose", _("Rose")),
    ("lemon", _("Yellow")),
]
MOTIONS = [("device", _("As on this device")), ("calm", _("Nothing moves"))]

DEFAULTS = {"font": "atkinson", "size": "1", "spacing": "1", "tint": "paper", "motion": "device"}
CHOICES: dict[str, Sequence[tuple[str, Any]]] = {
    "font": FONTS,
    "size": SIZES,
    "spacing": SPACINGS,
    "tint": TINTS,
    "motion": MOTIONS,
}


def languages() -> list[tuple[str, str]]:
    """Each language of this installation by its own name, for somebody who can't read the one shown."""
    return [(code, LANG_INFO.get(code, {}).get("name_local", name).capitalize()) for code, name in settings.LANGUAGES]


def cleaned(stored: object) -> dict[str, str]:
    """The choices in `stored` that exist and differ from the defaults; whatever else it holds is dropped.

    `stored` may be anything: it comes from a cookie or from a JSON column.
    """
    if not isinstance(stored, Mapping):
        return {}
    return {
        name: stored[name]
        for name, choices in CHOICES.items()
        if stored.get(name) != DEFAULTS[name] and stored.get(name) in [value for value, _words in choices]
    }


class ReadingForm(forms.Form):
    """The reading panel. Every field has a value at once, so nothing can be forgotten."""

    font = forms.ChoiceField(label=_("Letters"), choices=FONTS, widget=forms.RadioSelect)
    size = forms.ChoiceField(label=_("Size"), choices=SIZES, widget=forms.RadioSelect)
    spacing = forms.ChoiceField(label=_("Space between letters and lines"), choices=SPACINGS, widget=forms.RadioSelect)
    tint = forms.ChoiceField(label=_("Colour of the paper"), choices=TINTS, widget=forms.RadioSelect)
    motion = forms.ChoiceField(label=_("Movement"), choices=MOTIONS, widget=forms.RadioSelect)
    language = forms.ChoiceField(label=_("Language"), choices=languages, widget=forms.RadioSelect)

    def __init__(self, data: Mapping[str, Any] | None, *, reading: Mapping[str, str], language: str) -> None:
        """Show `reading` (see `cleaned`) and `language` as what is chosen now."""
        super().__init__(data, initial={**DEFAULTS, **reading, "language": language}, auto_id="reading_%s")

    def chosen(self) -> dict[str, str]:
        """What to keep of a valid form: only what differs from the defaults."""
        return cleaned(self.cleaned_data)
