"""The promise of the theme in figures: text 4.5:1, edges of controls 3:1, in each scheme and tint (WCAG 2.2)."""

import re

import pytest
from django.conf import settings

CSS = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
TEXT = [
    (text, ground)
    for text in ("ink", "soft", "accent", "accent-strong", "warn", "sun-ink")
    for ground in ("paper", "card")
]
TEXT += [
    ("accent", "accent-soft"),
    ("accent", "accent-soft-strong"),
    ("accent-strong", "accent-soft"),
    ("ink", "accent-soft"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-next", "next"),
    ("on-next-soft", "next"),
    ("on-sun", "sun"),
    ("sun-ink", "sun-soft"),
    ("ink", "sun-soft"),
    ("soft", "sun-soft"),
    ("warn", "warn-soft"),
    ("warn-strong", "warn-soft"),
    ("on-warn", "warn"),
    ("on-warn", "warn-strong"),
    ("ink", "quiet"),
    ("soft", "quiet"),
]
EDGES = [("edge", "paper"), ("edge", "card"), ("accent", "paper"), ("accent", "card"), ("warn", "card")]


def colours(rules):
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", rules))


def schemes():
    """Each scheme in each tint: name to its colours."""
    light, dark = (colours(rules) for rules in re.findall(r":root \{(.*?)\n\s*\}", CSS, re.S)[:2])
    tints = re.findall(r'\[data-tint="(\w+)"\] \{(.*?)\}', CSS)
    half = len(tints) // 2
    found = {"light paper": light, "dark paper": {**light, **dark}}
    found |= {f"light {name}": {**light, **colours(rules)} for name, rules in tints[:half]}
    found |= {f"dark {name}": {**light, **dark, **colours(rules)} for name, rules in tints[half:]}
    return found


def luminance(colour):
    """Relative luminance of "#rrggbb", 0 to 1 (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_ten_schemes_are_found():
    assert len(schemes()) == 10


@pytest.mark.parametrize("name", schemes())
def test_text_and_edges_stand_out(name):
    scheme = schemes()[name]

    weak = [pair for pair in TEXT if contrast(scheme[pair[0]], scheme[pair[1]]) < 4.5]
    weak += [pair for pair in EDGES if contrast(scheme[pair[0]], scheme[pair[1]]) < 3]

    assert weak == []
