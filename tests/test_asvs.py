"""docs/asvs.md answers every requirement once, and names files that are there."""

import re
from collections import Counter

from django.conf import settings

# How many requirements of levels 1 and 2 each chapter of OWASP ASVS 5.0 has.
REQUIREMENTS = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13, 14: 9,
                15: 13, 16: 16, 17: 7}  # fmt: skip
ANSWER = re.compile(r"^\| (\d+\.\d+\.\d+) \| (yes|in part|does not apply) \| (.+) \|$", re.MULTILINE)
PATH = re.compile(r"\b((?:accounts|config|mentorship|sessions_app|surveys|templates|static|tests|docs)/[\w./-]*\w)")
TEXT = (settings.BASE_DIR / "docs" / "asvs.md").read_text()


def test_every_requirement_is_answered_once() -> None:
    numbers = [number for number, _answer, _where in ANSWER.findall(TEXT)]

    assert len(numbers) == len(set(numbers))
    assert Counter(int(number.split(".")[0]) for number in numbers) == REQUIREMENTS


def test_every_file_that_is_named_is_there() -> None:
    named = set(PATH.findall(TEXT))

    assert len(named) > 50
    assert sorted(path for path in named if not (settings.BASE_DIR / path).exists()) == []


def test_numbers_at_the_top_are_those_of_the_table() -> None:
    count = Counter(answer for _number, answer, _where in ANSWER.findall(TEXT))

    said = f"{count['yes']} are met, {count['in part']} in part, {count['does not apply']} do not apply."
    assert said in TEXT
