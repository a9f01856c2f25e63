"""Every text of the program stands in every catalogue, translated; what a catalogue says fits into the page."""

import gettext
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib
import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.conf import settings
from django.utils.translation.template import templatize

from config import set_up

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
# The folders that `make messages` leaves out too.
ELSEWHERE = {"build", "node_modules", "var", "tests", "benchmarks"}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# What a translator must not change: a value's place, a tag. "%%" is a percent sign.
FIXED = re.compile(r"%\(\w+\)[a-z]|%%|\{\w*\}|</?\w[^>]*>")


class Text(NamedTuple):
    """What gettext looks a translation up by; `plural` is empty for most."""

    context: str
    singular: str
    plural: str


def source_files() -> Iterator[Path]:
    for folder in settings.BASE_DIR.iterdir():
        if folder.is_dir() and folder.name not in ELSEWHERE and not folder.name.startswith("."):
            yield from (path for path in folder.rglob("*") if path.suffix in {".py", ".html", ".txt"})


def texts_in(path: Path) -> Iterator[Text]:
    """The texts of one file. A template becomes Python in brackets, so that its indentation means nothing."""
    code = path.read_text()
    if path.suffix != ".py":
        code = f"(\n{templatize(code)}\n)"
    for _line, message, _comments, context in extract("python", io.BytesIO(code.encode()), KEYWORDS):
        singular, plural = message if isinstance(message, tuple) else (message, "")
        yield Text(context or "", singular, plural)


def fixed_parts(text: str) -> list[str]:
    return sorted(FIXED.findall(text))


def catalogue(language: str) -> polib.POFile:
    return polib.pofile(str(settings.LOCALE_PATHS[0] / language / "LC_MESSAGES" / "django.po"))


def entries_of(language: str) -> list[polib.POEntry]:
    """What the catalogue says today; what it keeps from earlier days counts for nothing."""
    return [entry for entry in catalogue(language) if not entry.obsolete]


def compiled(language: str) -> gettext.GNUTranslations:
    return gettext.GNUTranslations(io.BytesIO(catalogue(language).to_binary()))


@pytest.fixture(scope="module")
def used() -> set[Text]:
    return {text for path in source_files() for text in texts_in(path)}


def test_texts_are_found_in_code_and_in_templates(used: set[Text]) -> None:
    assert {
        Text("", "The day of the signature can't be in the future.", ""),  # code
        Text("", "%(count)s consent is missing", "%(count)s consents are missing"),  # code, counted
        Text("", "How do you like to read?", ""),  # template
        Text("", "%(minutes)s minute", "%(minutes)s minutes"),  # template, counted
        Text("to a teacher", "you, %(name)s and the coordinator", ""),  # template, with a context
    } <= used


def test_no_text_of_a_template_ends_at_a_quotation_mark_inside_it(used: set[Text]) -> None:
    assert [text for text in used if text.singular.endswith("\\")] == []


@pytest.mark.parametrize("language", LANGUAGES)
class TestCatalogue:
    def test_every_text_is_in_it(self, language: str, used: set[Text]) -> None:
        there = {Text(entry.msgctxt or "", entry.msgid, entry.msgid_plural) for entry in entries_of(language)}

        missing = sorted(text.singular for text in used - there)

        assert missing == [], "`make messages` adds them"

    def test_no_text_waits_for_a_translator(self, language: str) -> None:
        waiting = [entry.msgid for entry in entries_of(language) if entry.fuzzy or not entry.translated()]

        assert waiting == []

    def test_values_and_tags_of_a_text_are_those_of_its_translation(self, language: str) -> None:
        entries = [entry for entry in entries_of(language) if not entry.msgid_plural]

        broken = [entry.msgid for entry in entries if fixed_parts(entry.msgid) != fixed_parts(entry.msgstr)]

        assert broken == []

    def test_values_and_tags_of_a_counted_text_are_those_of_its_general_form(self, language: str) -> None:
        entries = [entry for entry in entries_of(language) if entry.msgid_plural]

        broken = []
        for entry in entries:
            wanted = fixed_parts(entry.msgid_plural)
            forms = [fixed_parts(form) for _number, form in sorted(entry.msgstr_plural.items())]
            # "One booking", "two bookings" may be said without the number; nothing else may be left out or new.
            others = [form for form in forms if not set(form) <= set(wanted) or len(form) < len(wanted) - 1]
            if forms[-1] != wanted or others:
                broken.append(entry.msgid)

        assert broken == []

    def test_a_translation_begins_and_ends_as_its_text_does(self, language: str) -> None:
        entries = [entry for entry in entries_of(language) if not entry.msgid_plural]

        broken = [
            entry.msgid
            for entry in entries
            if entry.msgid[:1].isspace() != entry.msgstr[:1].isspace()
            or entry.msgid[-1:].isspace() != entry.msgstr[-1:].isspace()
        ]

        assert broken == []

    def test_each_number_has_a_form(self, language: str) -> None:
        entries = [entry for entry in entries_of(language) if entry.msgid_plural]
        translations = compiled(language)

        for entry in entries:
            said = {translations.ngettext(entry.msgid, entry.msgid_plural, number) for number in range(201)}

            assert said <= set(entry.msgstr_plural.values())
            assert len(said) > 1


def test_catalogue_is_compiled_again_when_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "locale" / "es" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    monkeypatch.setattr(set_up, "BASE_DIR", tmp_path)
    monkeypatch.setattr(set_up, "BUILD", tmp_path / "build")
    said = []

    for words in ("Hola", "Buenas"):
        path.write_text(
            f'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Hi"\nmsgstr "{words}"\n'
        )
        set_up.once("messages", set_up.digest([path]), set_up.compile_messages)
        said.append(gettext.GNUTranslations(io.BytesIO(path.with_suffix(".mo").read_bytes())).gettext("Hi"))

    assert said == ["Hola", "Buenas"]
