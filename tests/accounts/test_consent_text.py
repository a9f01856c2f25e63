"""The words of consent: shipped as drafts, changed, approved; and who is asked again."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import Consent, ConsentText, User
from accounts.reports.consent_text import text_groups, texts_for
from accounts.services import Refused
from accounts.services.consent_text import (
    approve_consent_text,
    edit_consent_text,
    install_consent_texts,
    shipped_languages,
)
from tests.cast import NOW, Cast
from tests.factories import ConsentFactory, ConsentTextFactory, SchoolFactory

SignIn = Callable[[User], Client]
ASKED = {
    ("take_part", "guardian"), ("take_part", "student"),
    ("answer_surveys", "guardian"), ("answer_surveys", "student"), ("answer_surveys", "teacher"),
    ("research_use", "guardian"), ("research_use", "student"), ("research_use", "teacher"),
}  # fmt: skip


def fresh() -> dict[tuple[str, str, str], ConsentText]:
    """The texts of a school that has only what is shipped."""
    school = SchoolFactory()
    install_consent_texts(school)
    return {(text.purpose, text.reader, text.language): text for text in school.consent_texts.all()}


@pytest.mark.django_db
def test_every_reader_gets_every_purpose_in_every_shipped_language_as_a_draft() -> None:
    texts = fresh()

    assert shipped_languages() == ["ar", "en", "es"]
    assert texts.keys() == {(*asked, language) for asked in ASKED for language in shipped_languages()}
    assert {(text.version, text.is_draft) for text in texts.values()} == {(1, True)}


@pytest.mark.django_db
def test_shipped_texts_name_who_reads_what_and_the_limits() -> None:
    texts = fresh()

    for (purpose, reader, language), text in texts.items():
        words = text.body
        if language == "en" and purpose != "take_part":
            assert {"pseudonymous", "anonymous", "key", "database", "next night", "backups"} <= {
                word for word in ("pseudonymous", "anonymous", "key", "database", "next night", "backups")
                if word in words
            }, (purpose, reader)  # fmt: skip
        if language == "en":
            assert "coordinator" in words or "read the file" in words
            assert "any day" in words
        assert text.body.count("\n\n") >= 4
        assert text.on_withdrawal.count("\n\n") == 1


@pytest.mark.django_db
def test_shipped_texts_say_the_same_in_as_many_paragraphs_in_every_language() -> None:
    texts = fresh()

    for purpose, reader in ASKED:
        counts = {texts[purpose, reader, language].body.count("\n\n") for language in shipped_languages()}
        assert len(counts) == 1, (purpose, reader)


@pytest.mark.django_db
def test_words_for_students_are_at_a_sixth_grade_level() -> None:
    for (_purpose, reader, language), text in fresh().items():
        if reader == "student" and language == "en":
            assert grade_level(f"{text.body} {text.on_withdrawal}") < 7


def grade_level(text: str) -> float:
    """Flesch and Kincaid (1975): 0.39 words a sentence + 11.8 syllables a word - 15.59; syllables by vowel groups."""
    sentences = len(re.findall(r"[.?!]+", text))
    words = re.findall(r"[A-Za-z']+", text)
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e$", "", word.lower())))) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


@pytest.mark.django_db
def test_install_again_adds_only_what_is_missing_and_only_in_the_schools_languages() -> None:
    school = SchoolFactory(languages=["es"])
    first = install_consent_texts(school)
    school.languages = ["es", "en"]

    again = install_consent_texts(school)

    assert (first, again, install_consent_texts(school)) == (8, 8, 0)


@pytest.mark.django_db
def test_texts_for_falls_back_to_english_then_to_any_and_never_shows_a_draft(cast: Cast) -> None:
    school = SchoolFactory()
    spanish = ConsentTextFactory(school=school, language="es")
    only_spanish = texts_for(school.pk, "guardian", "ar")
    english = ConsentTextFactory(school=school, language="en")
    ConsentTextFactory(school=school, language="ar", approved_at=None, approved_by=None)
    ConsentTextFactory(school=school, language="en", version=2, approved_at=None, approved_by=None)

    found = {language: texts_for(school.pk, "guardian", language) for language in ("en", "es", "ar")}

    assert only_spanish == {"take_part": spanish}
    assert found == {"en": {"take_part": english}, "es": {"take_part": spanish}, "ar": {"take_part": english}}
    assert texts_for(school.pk, "student", "en") == {}


@pytest.mark.django_db
def test_edit_changes_a_draft_in_place(cast: Cast) -> None:
    text = ConsentTextFactory(school=cast.school, language="fr", approved_at=None, approved_by=None)

    draft = edit_consent_text(text, body="New", on_withdrawal="Gone", asks_again=True, by=cast.admin)

    assert (draft.pk, draft.body, draft.on_withdrawal, draft.version) == (text.pk, "New", "Gone", 1)
    assert draft.asks_again is False, "nobody can be asked again by the first version"


def test_edit_of_an_approved_text_makes_the_next_version_and_leaves_it_as_it_was(cast: Cast) -> None:
    text = ConsentTextFactory(school=cast.school, language="fr")

    draft = edit_consent_text(text, body="New", on_withdrawal="Gone", asks_again=True, by=cast.coordinator)

    text.refresh_from_db()
    assert (text.body, text.version) == ("What we ask.", 1)
    assert (draft.version, draft.is_draft, draft.asks_again, draft.label) == (2, True, True, "take_part/guardian/fr/2")


@pytest.mark.parametrize("by", ["teacher", "mentor", "stranger_coordinator"])
def test_edit_and_approval_by_others_are_refused(cast: Cast, by: str) -> None:
    text = ConsentTextFactory(school=cast.school, language="fr", approved_at=None, approved_by=None)
    before = ConsentText.objects.values_list("pk", "body", "approved_at").order_by("pk")
    found = list(before)

    with pytest.raises(Refused):
        edit_consent_text(text, body="New", on_withdrawal="Gone", asks_again=False, by=getattr(cast, by))
    with pytest.raises(Refused):
        approve_consent_text(text, by=getattr(cast, by), now=NOW)

    assert list(before.all()) == found


def test_only_the_newest_version_is_changed_or_approved_and_only_once(cast: Cast) -> None:
    old = ConsentTextFactory(school=cast.school, language="fr", approved_at=None, approved_by=None)
    new = ConsentTextFactory(school=cast.school, language="fr", version=2, approved_at=None, approved_by=None)

    with pytest.raises(Refused, match="newer"):
        edit_consent_text(old, body="New", on_withdrawal="Gone", asks_again=False, by=cast.coordinator)
    with pytest.raises(Refused, match="newer"):
        approve_consent_text(old, by=cast.coordinator, now=NOW)
    approve_consent_text(new, by=cast.coordinator, now=NOW)
    with pytest.raises(Refused, match="already"):
        approve_consent_text(new, by=cast.coordinator, now=NOW)

    new.refresh_from_db()
    assert (new.approved_at, new.approved_by) == (NOW, cast.coordinator)


def test_approval_lets_older_consents_stand_with_their_text(cast: Cast) -> None:
    old = ConsentTextFactory(school=cast.school, language="fr")
    consent = ConsentFactory(person=cast.mentor, purpose="research_use", text=old)
    new = edit_consent_text(old, body="New", on_withdrawal="Gone", asks_again=False, by=cast.coordinator)

    people = approve_consent_text(new, by=cast.coordinator, now=NOW)

    consent.refresh_from_db()
    assert (people, consent.withdrawn_on, consent.text) == ([], None, old)


@pytest.mark.parametrize(
    ("reader", "given_by", "person"),
    [("guardian", "guardian", "mentor"), ("student", "self", "mentor"), ("teacher", "self", "teacher")],
)
def test_a_text_that_asks_again_ends_each_older_yes_of_its_readers_in_its_language(
    cast: Cast, reader: str, given_by: str, person: str
) -> None:
    old = ConsentTextFactory(school=cast.school, purpose="research_use", reader=reader, language="fr")
    other = ConsentTextFactory(school=cast.school, purpose="research_use", reader=reader, language="de")
    fields = {"purpose": "research_use", "given_by": given_by}
    older = ConsentFactory(person=getattr(cast, person), text=old, **fields)
    elsewhere = ConsentFactory(person=getattr(cast, f"other_{person}"), text=other, **fields)
    foreign = ConsentFactory(person=cast.stranger, given_by="self", purpose="research_use")
    new = edit_consent_text(old, body="New", on_withdrawal="Gone", asks_again=True, by=cast.coordinator)

    people = approve_consent_text(new, by=cast.coordinator, now=NOW)

    rows = [Consent.objects.get(pk=each.pk).withdrawn_on for each in (older, elsewhere, foreign)]
    assert rows == [dt.date(2026, 11, 22), None, None]
    assert people == [], "only a yes to take part holds time"


def test_text_pages_show_the_state_edit_and_keep_what_was_typed(cast: Cast, sign_in: SignIn) -> None:
    text = ConsentTextFactory(school=cast.school, language="es", approved_at=None, approved_by=None, version=7)
    client, url = sign_in(cast.coordinator), f"/school/texts/{text.pk}/"

    shown = client.get("/school/texts/").content.decode()
    page = client.get(url).content.decode()
    bad = client.post(url, {"body": "", "on_withdrawal": "Kept words"})
    good = client.post(url, {"body": "Nuevo", "on_withdrawal": "Esto", "asks_again": "on"}, follow=True)

    text.refresh_from_db()
    assert "draft" in shown
    assert "This is a draft." in page
    assert bad.status_code == 422
    assert "Kept words" in bad.content.decode()
    assert (text.body, text.asks_again) == ("Nuevo", True)
    assert "Saved as a draft" in good.content.decode()


def test_text_page_of_an_older_version_refuses_a_change(cast: Cast, sign_in: SignIn) -> None:
    old = ConsentTextFactory(school=cast.school, language="fr")
    ConsentTextFactory(school=cast.school, language="fr", version=2, approved_at=None, approved_by=None)

    answer = sign_in(cast.admin).post(f"/school/texts/{old.pk}/", {"body": "New", "on_withdrawal": "Gone"})

    assert answer.status_code == 422
    assert "There is a newer version" in answer.content.decode()


@pytest.mark.parametrize("rows", [1, 30])
def test_text_list_takes_the_same_statements_for_any_rows(
    cast: Cast, rows: int, django_assert_num_queries: Callable[..., object]
) -> None:
    for version in range(rows):
        ConsentTextFactory(school=cast.school, language="es", version=version + 10, approved_by=cast.coordinator)

    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        groups = text_groups(cast.coordinator)

    spanish = {state.newest.language: state for state in dict(groups[0][1])["guardians"]}["es"]
    assert spanish.newest.version == rows + 9
    assert spanish.approved == spanish.newest


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("accounts_consenttext_version_once", {}),
        ("accounts_consenttext_approved_by_someone", {"version": 2, "approved_by": None}),
    ],
)
def test_text_constraints_hold(cast: Cast, constraint: str, changes: dict[str, object]) -> None:
    ConsentTextFactory(school=cast.school, language="fr")

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ConsentTextFactory(school=cast.school, language="fr", **changes)
