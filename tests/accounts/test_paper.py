"""What is printed says what it was given, in every script, and can be read aloud."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from accounts import paper
from tests import factories

HOSTILE = 'Maya #panic("x") [R] \\ $a$ *b* @c <d> `e` // f'


def letter(**words: Any) -> dict[str, Any]:
    return {
        "language": "en", "direction": "ltr", "school": "Lincoln", "date": "22 November 2026", "heading": "A letter",
        "greeting": "Hello,", "paragraphs": [], "choices": [], "signatures": [], "closing": "", **words,
    }  # fmt: skip


def printed(*letters: dict[str, Any], size: str = "a4", language: str = "en") -> PdfReader:
    data = {"title": "Letters", "paper": size, "letters": list(letters)}
    return PdfReader(io.BytesIO(paper.make_pdf("letter", data, language=language)))


def test_words_that_look_like_markup_print_as_they_are() -> None:
    pages = printed(letter(greeting=HOSTILE, paragraphs=[HOSTILE]))

    assert pages.pages[0].extract_text().count(HOSTILE) == 2


def test_each_letter_has_a_page_with_all_its_parts() -> None:
    whole = letter(
        paragraphs=["First.", "Second."], choices=["Yes", "No"], signatures=["Name"], closing="Bring it back."
    )

    pages = printed(whole, letter(heading="Another"))

    lines = pages.pages[0].extract_text().split("\n")
    assert {"A letter", "Hello,", "First.", "Second.", "Yes", "No", "Name", "Bring it back."} <= set(lines)
    assert len(pages.pages) == 2
    assert "Another" in pages.pages[1].extract_text()


def test_document_is_tagged_and_names_its_title_and_language() -> None:
    root = printed(letter(), language="es").trailer["/Root"]

    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "es"
    assert b"pdfuaid:part" in root["/Metadata"].get_data()


@pytest.mark.parametrize("name", ["Łukasz Žižek", "Юлия", "محمد", "O’Brien"])
def test_letters_of_many_alphabets_are_printed(name: str) -> None:
    text = printed(letter(heading=name)).pages[0].extract_text()

    assert sorted(set(name)) == sorted(set(name) & set(text))


def test_letter_that_no_font_has_is_a_box_and_the_file_does_not_claim_to_be_readable_aloud() -> None:
    pages = printed(letter(greeting="Hello \U000f0000,"))

    assert "Hello" in pages.pages[0].extract_text()
    assert b"pdfuaid:part" not in pages.trailer["/Root"]["/Metadata"].get_data()


def test_signs_without_a_shape_and_turned_lines_are_left_out() -> None:
    pages = printed(letter(greeting="Ma\x00ya\x07 \u202eR\ufeff"))

    assert "Maya R" in pages.pages[0].extract_text()
    assert b"pdfuaid:part" in pages.trailer["/Root"]["/Metadata"].get_data()


def test_name_keeps_its_dot_in_a_line_that_runs_the_other_way() -> None:
    assert paper.isolated("Leo T.") == "\u2068Leo T.\u2069"
    assert paper.direction_of("ar") == "rtl"
    assert paper.direction_of("es") == "ltr"


def test_fault_of_a_template_is_no_empty_page() -> None:
    with pytest.raises(RuntimeError, match="heading"):
        printed({name: word for name, word in letter().items() if name != "heading"})


@pytest.mark.parametrize(("size", "width"), [("a4", 595), ("us-letter", 612)])
def test_paper_is_of_the_size_that_was_asked_for(size: str, width: int) -> None:
    assert int(printed(letter(), size=size).pages[0].mediabox.width) == width


@pytest.mark.parametrize(
    ("time_zone", "size"), [("America/Chicago", "us-letter"), ("Europe/Berlin", "a4"), ("UTC", "a4")]
)
def test_size_of_paper_follows_the_part_of_the_world(time_zone: str, size: str) -> None:
    assert paper.paper_of(factories.SchoolFactory.build(time_zone=time_zone)) == size
