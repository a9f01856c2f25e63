"""A guardian answers by the link of a mail: the page, the link, and what a no frees."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Consent, Guardian, SecretLink, User
from accounts.services import Refused, mint_link
from accounts.services.guardian import answer_as_guardian
from sessions_app.models import Booking
from sessions_app.services import answer_by_link
from tests import factories
from tests.cast import NOW, TODAY, Cast

PAGE = "/guardian/"
PURPOSE = SecretLink.Purpose.GUARDIAN_CONSENT


@pytest.fixture(autouse=True)
def at_now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def newcomer(cast: Cast) -> User:
    return factories.StudentFactory(school=cast.school, given_name="Sami", family_name="Khoury", username="sami.k")


@pytest.fixture
def guardian(newcomer: User) -> Guardian:
    return Guardian.objects.create(student=newcomer, name="Rana Khoury", language="en", email="rana@example.org")


def come(client: Client, guardian: Guardian) -> SecretLink:
    """Open the link of a mail that was just sent."""
    link, secret = mint_link(PURPOSE, holder=guardian, by=None, now=NOW)
    client.get(f"/guardian/{secret}/")
    return link


def texts(cast: Cast) -> dict[str, int]:
    found = cast.school.consent_texts.filter(reader="guardian", language="en", version=1)
    return dict(found.values_list("purpose", "pk"))


def answers(cast: Cast, take_part: str = "yes", **more: str) -> dict[str, str]:
    said = {"take_part": take_part, "answer_surveys": "yes", "research_use": "no"}
    answered = {f"text{pk}": said[purpose] for purpose, pk in texts(cast).items()}
    return answered | {"signature": "Rana Khoury"} | more


def test_link_hides_the_secret_and_leads_to_the_page(cast, client, guardian):
    _link, secret = mint_link(PURPOSE, holder=guardian, by=None, now=NOW)

    answer = client.get(f"/guardian/{secret}/")
    page = client.get(PAGE)

    assert answer.url == PAGE
    assert answer["Referrer-Policy"] == "no-referrer"
    for response in (answer, page):
        assert "no-store" in response["Cache-Control"]
    assert secret not in page.content.decode()
    assert SecretLink.objects.get().used_at is None, "looking uses nothing up"


def test_page_shows_the_first_name_the_school_and_each_text_and_nothing_else_of_the_student(cast, client, guardian):
    come(client, guardian)

    page = client.get(PAGE).content.decode()

    for words in ("Sami", cast.school.name, "If I withdraw, this disappears", "pseudonymous", "data-read-aloud"):
        assert words in page
    for words in ("Khoury", "sami.k", "grade 7", "rana@example.org"):
        assert words not in page


def test_answers_are_written_with_signature_and_day_and_the_link_is_used_up(cast, client, newcomer, guardian):
    link = come(client, guardian)

    answer = client.post(PAGE, answers(cast), follow=True)
    again = client.post(PAGE, answers(cast, take_part="no"), follow=True).content.decode()

    link.refresh_from_db()
    rows = {row.purpose: row for row in newcomer.consents.all()}
    assert "Thank you" in answer.content.decode()
    assert "ask it for a new link" in answer.content.decode()
    assert link.used_at == NOW
    assert "Thank you" in again
    assert {name: row.is_refusal for name, row in rows.items()} == {
        "take_part": False, "answer_surveys": False, "research_use": True,
    }  # fmt: skip
    consent = rows["take_part"]
    assert (consent.guardian, consent.recorded_by, consent.signature) == (guardian, None, "Rana Khoury")
    assert (consent.given_on, consent.text.label) == (TODAY, "take_part/guardian/en/1")


def test_page_speaks_the_guardians_language_or_the_one_that_was_chosen(cast, client, guardian):
    Guardian.objects.update(language="ar")
    come(client, guardian)

    arabic = client.get(PAGE).content.decode()
    client.cookies["django_language"] = "es"
    spanish = client.get(PAGE).content.decode()

    assert '<html lang="ar" dir="rtl"' in arabic
    assert '<html lang="es"' in spanish
    assert 'lang="en" dir="ltr"' in arabic, "Arabic is a draft still"


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"signature": " "}, "Write your name."), ({"take_part": ""}, "Choose yes or no."), ({"take_part": "x"}, "valid")],
)
def test_a_bad_form_keeps_what_was_typed_and_the_link(cast, client, newcomer, guardian, changes, words):
    link = come(client, guardian)

    answer = client.post(PAGE, answers(cast, **changes))

    link.refresh_from_db()
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "checked" in answer.content.decode()
    assert link.used_at is None
    assert not newcomer.consents.exists()


def test_answers_to_words_that_changed_meanwhile_are_not_taken(cast, client, newcomer, guardian):
    come(client, guardian)
    sent = answers(cast)
    factories.ConsentTextFactory(school=cast.school, version=2)

    answer = client.post(PAGE, sent)

    assert answer.status_code == 422
    assert not newcomer.consents.exists()


@pytest.mark.parametrize("case", ["nonsense", "used", "expired", "revoked", "other purpose", "left"])
def test_a_link_that_does_not_work_is_one_clear_page(cast, client, newcomer, guardian, case):
    purpose = SecretLink.Purpose.INVITATION if case == "other purpose" else PURPOSE
    link, secret = mint_link(purpose, holder=guardian, by=None, now=NOW)
    fields = {
        "used": {"used_at": NOW},
        "expired": {"created_at": NOW - dt.timedelta(days=60), "expires_at": NOW - dt.timedelta(days=30)},
        "revoked": {"revoked_at": NOW},
    }.get(case)
    if fields:
        SecretLink.objects.filter(pk=link.pk).update(**fields)
    if case == "left":
        User.objects.filter(pk=newcomer.pk).update(is_active=False)

    client.get(f"/guardian/{'nonsense' if case == 'nonsense' else secret}/")
    shown, posted = client.get(PAGE), client.post(PAGE, answers(cast))

    assert (shown.status_code, posted.status_code) == (200, 422)
    for response in (shown, posted):
        assert "This link can't be used" in response.content.decode()
        assert "Sami" not in response.content.decode()
    assert not newcomer.consents.exists()


def test_the_student_can_not_answer_in_the_guardians_place(cast, newcomer, guardian, sign_in):
    client = sign_in(newcomer)
    come(client, guardian)

    page = client.get(PAGE).content.decode()
    client.post(PAGE, answers(cast))

    assert "This link can't be used" in page
    assert not newcomer.consents.exists()


def test_page_without_approved_words_asks_nothing_and_keeps_the_link(cast, client, newcomer, guardian):
    cast.school.consent_texts.update(approved_at=None, approved_by=None)
    link = come(client, guardian)

    page = client.get(PAGE).content.decode()
    posted = client.post(PAGE, {"signature": "Rana"})

    link.refresh_from_db()
    assert "Nothing is asked right now" in page
    assert posted.status_code == 422
    assert link.used_at is None


def test_a_new_link_shows_what_stands_and_a_no_frees_what_is_ahead(cast, client, book):
    guardian = Guardian.objects.create(student=cast.mentor, name="Rosa Rahman")
    booking = book()
    come(client, guardian)

    shown = client.get(PAGE).content.decode()
    client.post(PAGE, answers(cast, take_part="no"))

    booking.refresh_from_db()
    assert "Your yes is on record." in shown
    assert booking.state == Booking.State.CANCELLED
    assert not booking.holds.exists()
    assert cast.mentor.consents.standing().filter(purpose="take_part").get().given_by == "self"


def test_a_yes_to_the_same_words_stays_and_one_to_newer_words_replaces_it(cast, newcomer, guardian):
    def answer(text):
        link, _secret = mint_link(PURPOSE, holder=guardian, by=None, now=NOW)
        return answer_by_link(link, answers={text: True}, signature="Rana", now=NOW)

    old = cast.school.consent_texts.get(pk=texts(cast)["take_part"])
    answer(old)
    answer(old)
    once = newcomer.consents.count()
    new = factories.ConsentTextFactory(school=cast.school, version=2)
    cancelled = answer(new)

    assert (once, cancelled) == (1, 0)
    assert newcomer.consents.standing().get().text == new


@pytest.mark.parametrize(
    ("changes", "words"), [({"signature": " "}, "name"), ({"purpose": "invitation"}, "no longer works")]
)
def test_the_service_refuses_without_a_name_and_by_another_link(cast, newcomer, guardian, changes, words):
    link, _secret = mint_link(changes.get("purpose", PURPOSE), holder=guardian, by=None, now=NOW)
    text = cast.school.consent_texts.get(pk=texts(cast)["take_part"])

    with pytest.raises(Refused, match=words):
        answer_as_guardian(link, answers={text: True}, signature=changes.get("signature", "Rana"), now=NOW)

    assert not newcomer.consents.exists()


def test_the_service_refuses_other_words_and_a_link_of_a_person(cast, newcomer, guardian):
    link, _secret = mint_link(PURPOSE, holder=guardian, by=None, now=NOW)
    persons, _secret = mint_link(PURPOSE, holder=newcomer, by=None, now=NOW)
    students = cast.school.consent_texts.get(purpose="take_part", reader="student", language="en")
    own = cast.school.consent_texts.get(pk=texts(cast)["take_part"])

    with pytest.raises(Refused, match="changed this text"):
        answer_as_guardian(link, answers={students: True}, signature="Rana", now=NOW)
    with pytest.raises(Refused, match="no longer works"):
        answer_as_guardian(persons, answers={own: True}, signature="Rana", now=NOW)

    assert not Consent.objects.filter(person=newcomer).exists()


def test_a_link_of_a_person_shows_the_page_of_a_dead_one(cast, client, newcomer):
    _link, secret = mint_link(PURPOSE, holder=newcomer, by=None, now=NOW)

    client.get(f"/guardian/{secret}/")

    assert "This link can't be used" in client.get(PAGE).content.decode()


def test_guardian_page_costs_the_same_however_many_answers(cast, client, guardian, django_assert_num_queries):
    come(client, guardian)
    for _ in range(30):
        factories.ConsentFactory(person=guardian.student, is_refusal=True, withdrawn_on=dt.date(2026, 9, 1))

    with django_assert_num_queries(5):
        client.get(PAGE)


def test_approval_that_asks_again_cancels_the_bookings_of_those_asked(cast, sign_in, book):
    booking = book()
    text = factories.ConsentTextFactory(
        school=cast.school, version=2, asks_again=True, approved_at=None, approved_by=None
    )
    url = reverse("consent_text_approve", args=[text.pk])
    cast.mentor.consents.update(text=cast.school.consent_texts.get(pk=texts(cast)["take_part"]))
    client = sign_in(cast.coordinator)

    shown = client.get(url).content.decode()
    done = client.post(url, follow=True).content.decode()
    twice = client.post(url, follow=True).content.decode()

    booking.refresh_from_db()
    assert "2 people who said yes to an older version are asked again" in shown
    assert "Approved." in done
    assert "This version is approved already." in twice
    assert booking.state == Booking.State.CANCELLED
    assert not User.objects.may_take_part().filter(pk=cast.mentor.pk).exists()
    assert not cast.mentor.consents.standing().filter(given_by="guardian").exists()
