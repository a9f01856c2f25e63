"""Pages of the sign-in cards: printing them, and coming in with one."""

import datetime as dt
import io
import logging
import re
from collections.abc import Callable, Iterator

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.models import SchoolClass, SecretLink, User
from accounts.permissions import Role
from accounts.reports.sign_in_card import NewCard
from accounts.services.sign_in_card import print_cards
from tests.cast import NOW, Cast
from tests.factories import StudentFactory

SignIn = Callable[[User], Client]
PASSWORD = "quiet-river-41"
BOTH = {"password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture(autouse=True)
def at_now() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def card(cast: Cast) -> NewCard:
    """A card of the cast's mentor."""
    return print_cards([cast.mentor], by=cast.coordinator, now=NOW)[0]


@pytest.fixture
def maths(cast: Cast) -> SchoolClass:
    """A class in which one of the two mentors sits."""
    row = SchoolClass.objects.create(school=cast.school, name="Maths 7B")
    row.students.add(cast.mentor)
    return row


def type_code(client: Client, user_name: str, code: str) -> HttpResponse:
    return client.post(reverse("card_open"), {"user_name": user_name, "code": code})


def is_in(client: Client, person: User) -> bool:
    return client.session.get("_auth_user_id") == str(person.pk)


def shown(response: HttpResponse) -> str:
    """The page without what differs at each request."""
    return re.sub(r'(nonce|value)="[^"]*"', "", response.content.decode())


class TestList:
    def test_who_needs_a_card_is_shown_and_ticked(self, cast: Cast, sign_in: SignIn, card: NewCard) -> None:
        page = sign_in(cast.coordinator).get(reverse("card_list")).content.decode()

        assert "Leo Tran" in page
        assert "Maya Rahman" not in page
        assert f'value="{cast.other_mentor.pk}" checked' in page

    def test_all_students_show_the_state_of_their_cards(self, cast: Cast, sign_in: SignIn, card: NewCard) -> None:
        User.objects.filter(pk=cast.other_mentor.pk).update(last_login=NOW)
        StudentFactory(school=cast.school, given_name="Sami", family_name="Khoury")

        page = sign_in(cast.coordinator).get(reverse("card_list"), {"group": "all"}).content.decode()

        for words in ("Card printed on Sunday 22 November", "Has signed in", "No card yet"):
            assert page.count(words) == 1
        assert f'value="{cast.mentor.pk}">' in page  # not ticked: the older card would stop working

    def test_card_that_ran_out_is_said(
        self, cast: Cast, sign_in: SignIn, card: NewCard, at_now: time_machine.Traveller
    ) -> None:
        at_now.shift(dt.timedelta(days=15))

        page = sign_in(cast.coordinator).get(reverse("card_list")).content.decode()

        assert page.count("Card too old") == 1

    def test_class_grade_and_name_choose(self, cast: Cast, sign_in: SignIn, maths: SchoolClass) -> None:
        User.objects.filter(pk=cast.other_mentor.pk).update(grade="8")
        client = sign_in(cast.coordinator)

        for choice in ({"group": f"class-{maths.pk}"}, {"group": "grade-7"}, {"q": "maya"}):
            page = client.get(reverse("card_list"), choice).content.decode()
            assert "Maya Rahman" in page
            assert "Leo Tran" not in page

    def test_one_person_is_shown_and_ticked_whatever_the_state(
        self, cast: Cast, sign_in: SignIn, card: NewCard
    ) -> None:
        client = sign_in(cast.coordinator)

        page = client.get(reverse("card_list"), {"person": cast.mentor.pk}).content.decode()
        nobody = client.get(reverse("card_list"), {"person": cast.teacher.pk}).content.decode()

        assert f'value="{cast.mentor.pk}" checked' in page
        assert "Leo Tran" not in page
        assert "No student fits" in nobody

    def test_class_of_another_school_is_no_choice(self, cast: Cast, sign_in: SignIn) -> None:
        elsewhere = SchoolClass.objects.create(school=cast.stranger.school, name="Elsewhere")
        elsewhere.students.add(StudentFactory(school=cast.stranger.school, family_name="Foreign"))

        page = sign_in(cast.coordinator).get(reverse("card_list"), {"group": f"class-{elsewhere.pk}"}).content.decode()

        assert "Elsewhere" not in page
        assert "Foreign" not in page
        assert "Maya Rahman" in page

    def test_empty_lists_say_what_to_do(self, cast: Cast, sign_in: SignIn) -> None:
        client = sign_in(cast.coordinator)

        assert "No student fits" in client.get(reverse("card_list"), {"q": "nobody"}).content.decode()
        User.objects.update(last_login=NOW)
        assert "Every student has a card" in client.get(reverse("card_list")).content.decode()

    @pytest.mark.parametrize("count", [1, 30])
    def test_list_costs_the_same_for_one_and_thirty(
        self, cast: Cast, sign_in: SignIn, maths: SchoolClass, count: int, django_assert_num_queries
    ) -> None:
        maths.students.set(StudentFactory.create_batch(count, school=cast.school))
        client = sign_in(cast.coordinator)
        client.get(reverse("card_list"))

        with django_assert_num_queries(5):
            page = client.get(reverse("card_list"), {"group": f"class-{maths.pk}"}).content.decode()

        assert page.count("No card yet") == count


class TestPrint:
    def test_ticked_students_get_their_cards_as_pdf(self, cast: Cast, sign_in: SignIn, maths: SchoolClass) -> None:
        ticked = {"group": f"class-{maths.pk}", "student": [cast.mentor.pk, cast.other_mentor.pk], "size": "a4"}

        response = sign_in(cast.coordinator).post(reverse("card_print"), ticked)

        assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
        assert "no-store" in response["Cache-Control"]
        text = PdfReader(io.BytesIO(response.content)).pages[0].extract_text()
        assert "Maths 7B" in text
        codes = re.findall(r"(?:[2-9A-Z]{4}-){2}[2-9A-Z]{4}", text)
        assert len(set(codes)) == 2
        assert type_code(Client(), "leo", codes[1])["Location"] == reverse("card_password")

    def test_nobody_ticked_keeps_the_choice_and_mints_nothing(
        self, cast: Cast, sign_in: SignIn, maths: SchoolClass
    ) -> None:
        response = sign_in(cast.coordinator).post(reverse("card_print"), {"group": f"class-{maths.pk}", "size": "a4"})

        assert response.status_code == 422
        page = response.content.decode()
        assert "Tick at least one student." in page
        assert "Maya Rahman" in page
        assert f'value="{cast.mentor.pk}">' in page
        assert not SecretLink.objects.exists()

    @pytest.mark.parametrize("whose", ["teacher", "admin", "stranger"])
    def test_ticked_stranger_is_refused_and_mints_nothing(self, cast: Cast, sign_in: SignIn, whose: str) -> None:
        ticked = {"group": "all", "student": [cast.mentor.pk, getattr(cast, whose).pk], "size": "a4"}

        response = sign_in(cast.coordinator).post(reverse("card_print"), ticked)

        assert response.status_code == 422
        assert f'value="{cast.mentor.pk}" checked' in response.content.decode()
        assert not SecretLink.objects.exists()

    def test_paper_of_no_size_and_class_of_no_school_mint_nothing(self, cast: Cast, sign_in: SignIn) -> None:
        client = sign_in(cast.coordinator)

        for wrong in ({"size": "a0"}, {"size": "a4", "group": "class-0"}):
            response = client.post(reverse("card_print"), {"student": [cast.mentor.pk], **wrong})
            assert response.status_code == 422
        assert not SecretLink.objects.exists()

    def test_cards_that_could_not_be_printed_leave_the_older_ones_alone(
        self, cast: Cast, sign_in: SignIn, card: NewCard, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("accounts.paper.TEMPLATES", cast.school)  # a place without templates
        client = sign_in(cast.coordinator)

        with pytest.raises(TypeError):
            client.post(reverse("card_print"), {"student": [cast.mentor.pk], "size": "a4"})

        assert type_code(Client(), "maya", card.code).status_code == 302


class ReplacesTheCard:
    """A rule for passwords during which somebody prints a new card."""

    def validate(self, _password: str, user: User) -> None:
        coordinator = User.objects.with_role(Role.COORDINATOR).get(school=user.school)
        print_cards([user], by=coordinator, now=NOW)


class TestComingIn:
    def test_code_leads_to_a_password_and_home(self, cast: Cast, card: NewCard, client: Client) -> None:
        typed = type_code(client, "maya", card.code)
        page = client.get(typed["Location"])
        answer = client.post(reverse("card_password"), BOTH)

        assert "Maya" in page.content.decode()
        assert answer["Location"] == reverse("home")
        assert is_in(client, cast.mentor)
        assert client.get(reverse("home")).status_code == 200

    def test_square_leads_to_the_same_page_without_its_secret(self, card: NewCard, client: Client) -> None:
        response = client.get(reverse("card_link", args=[card.secret]))

        assert response["Location"] == reverse("card_password")
        assert "Maya" in client.get(response["Location"]).content.decode()
        page = client.get(reverse("card_password"))
        assert (response["Referrer-Policy"], response["Cache-Control"]) == ("no-referrer", "no-store")
        # With "no-referrer" a browser would send the page's form with `Origin: null`, and it would be refused.
        assert (page["Referrer-Policy"], page["Cache-Control"]) == ("same-origin", "no-store")

    def test_looking_uses_nothing_up(self, cast: Cast, card: NewCard, client: Client) -> None:
        for _time in range(3):
            client.get(reverse("card_link", args=[card.secret]))
            client.get(reverse("card_password"))

        assert client.post(reverse("card_password"), BOTH).status_code == 302

    def test_no_secret_rests_in_the_session(self, card: NewCard, client: Client) -> None:
        client.get(reverse("card_link", args=[card.secret]))
        by_link = dict(client.session)
        type_code(client, "maya", card.code)

        assert by_link
        for session in (by_link, dict(client.session)):
            assert card.secret not in str(session)
            assert card.code not in str(session)

    def test_page_is_in_the_students_language(self, cast: Cast, card: NewCard, client: Client) -> None:
        User.objects.filter(pk=cast.mentor.pk).update(language="ar")
        client.get(reverse("card_link", args=[card.secret]))

        assert '<html lang="ar" dir="rtl"' in client.get(reverse("card_password")).content.decode()

    def test_used_card_is_dead(self, card: NewCard, client: Client) -> None:
        client.get(reverse("card_link", args=[card.secret]))
        client.post(reverse("card_password"), BOTH)
        other = Client()

        other.get(reverse("card_link", args=[card.secret]))

        assert "can't be used" in other.get(reverse("card_password")).content.decode()
        assert other.post(reverse("card_password"), BOTH).status_code == 422
        assert type_code(other, "maya", card.code).status_code == 422
        assert "_auth_user_id" not in other.session

    def test_garbage_in_the_link_leaves_no_session_behind(self, cast: Cast, client: Client) -> None:
        response = client.get(reverse("card_link", args=["no-such-secret"]))

        assert response["Location"] == reverse("card_password")
        assert not Session.objects.exists()

    def test_card_replaces_the_password_and_ends_sessions_elsewhere(
        self, cast: Cast, card: NewCard, client: Client
    ) -> None:
        cast.mentor.set_password("forgotten-long-ago")
        cast.mentor.save()
        elsewhere = Client()
        elsewhere.force_login(cast.mentor)
        assert elsewhere.get(reverse("home")).status_code == 200

        client.get(reverse("card_link", args=[card.secret]))
        client.post(reverse("card_password"), BOTH)

        assert elsewhere.get(reverse("home")).status_code == 302
        cast.mentor.refresh_from_db()
        assert cast.mentor.check_password(PASSWORD)
        assert not cast.mentor.check_password("forgotten-long-ago")

    def test_second_factor_is_asked_for_after_the_card_too(self, cast: Cast, card: NewCard, client: Client) -> None:
        TOTP.activate(cast.mentor, generate_totp_secret())
        client.get(reverse("card_link", args=[card.secret]))

        answer = client.post(reverse("card_password"), BOTH)

        assert answer["Location"].startswith(reverse("mfa_authenticate"))
        assert "_auth_user_id" not in client.session

    def test_whoever_sat_at_the_computer_is_signed_out(self, cast: Cast, card: NewCard, sign_in: SignIn) -> None:
        client = sign_in(cast.other_mentor)
        client.get(reverse("card_link", args=[card.secret]))

        client.post(reverse("card_password"), BOTH)

        assert is_in(client, cast.mentor)

    def test_opened_card_that_was_replaced_sets_nothing(self, cast: Cast, card: NewCard, client: Client) -> None:
        client.get(reverse("card_link", args=[card.secret]))
        print_cards([cast.mentor], by=cast.coordinator, now=NOW)

        assert client.post(reverse("card_password"), BOTH).status_code == 422
        cast.mentor.refresh_from_db()
        assert not cast.mentor.check_password(PASSWORD)

    def test_card_of_a_student_who_became_staff_is_dead(self, cast: Cast, card: NewCard, client: Client) -> None:
        client.get(reverse("card_link", args=[card.secret]))
        User.objects.filter(pk=cast.mentor.pk).update(roles=[Role.STUDENT, Role.TEACHER])

        assert client.post(reverse("card_password"), BOTH).status_code == 422
        assert type_code(client, "maya", card.code).status_code == 422

    def test_card_that_is_replaced_in_that_very_moment_sets_nothing(
        self, cast: Cast, card: NewCard, client: Client, settings
    ) -> None:
        settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": f"{__name__}.ReplacesTheCard"}]
        client.get(reverse("card_link", args=[card.secret]))

        answer = client.post(reverse("card_password"), BOTH)

        assert answer["Location"] == reverse("card_password")
        assert "can't be used" in client.get(answer["Location"]).content.decode()
        assert "_auth_user_id" not in client.session

    def test_student_of_the_demo_school_stays_out_with_debug_off(
        self, cast: Cast, card: NewCard, client: Client, settings
    ) -> None:
        cast.school.is_demo = True
        cast.school.save()
        settings.DEBUG = False
        settings.SECURE_SSL_REDIRECT = False
        client.get(reverse("card_link", args=[card.secret]))

        client.post(reverse("card_password"), BOTH)

        assert "_auth_user_id" not in client.session

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("xy-3z", "xy-3z"), "too short"),
            (("letmein123", "letmein123"), "Many people use this one"),
            (("rahman-maya", "rahman-maya"), "too much like your name"),
            (("playground1", "playground1"), "Others at your school would guess this"),
            ((PASSWORD, PASSWORD + "x"), "not the same"),
            (("", ""), "This field is required"),
        ],
    )
    def test_weak_password_is_refused_in_plain_words_and_uses_nothing_up(
        self, cast: Cast, card: NewCard, client: Client, words: tuple[str, str], said: str
    ) -> None:
        client.get(reverse("card_link", args=[card.secret]))

        response = client.post(reverse("card_password"), {"password1": words[0], "password2": words[1]})

        assert response.status_code == 422
        assert said in response.content.decode()
        assert not words[0] or words[0] not in response.content.decode()
        assert client.post(reverse("card_password"), BOTH).status_code == 302


class TestGuessing:
    def test_answers_do_not_tell_what_was_wrong(
        self, cast: Cast, card: NewCard, at_now: time_machine.Traveller
    ) -> None:
        tries = [("maya", "2" * 12), ("nobody", card.code), ("leo", card.code)]
        answers = [type_code(Client(), *one) for one in tries]
        at_now.shift(dt.timedelta(days=15))
        answers.append(type_code(Client(), "maya", card.code))

        assert {answer.status_code for answer in answers} == {422}
        pages = {shown(answer).replace(card.code, "") for answer in answers}
        assert len({re.sub(r"maya|leo|nobody", "", page) for page in pages}) == 1

    @pytest.mark.parametrize("user_name", ["maya", "nobody"])
    def test_ten_wrong_codes_close_a_name_even_for_the_right_one(self, card: NewCard, user_name: str) -> None:
        answers = [type_code(Client(), user_name, "2" * 12).status_code for _time in range(11)]

        last = type_code(Client(), user_name.upper(), card.code)

        assert answers == [422] * 10 + [429]
        assert last.status_code == 429
        assert "Ask your coordinator" in last.content.decode() or "ask your coordinator" in last.content.decode()

    def test_no_code_and_no_secret_reach_a_log(
        self, cast: Cast, card: NewCard, sign_in: SignIn, caplog: pytest.LogCaptureFixture
    ) -> None:
        client = Client()
        with caplog.at_level(logging.DEBUG):
            sign_in(cast.coordinator).post(reverse("card_print"), {"student": [cast.other_mentor.pk], "size": "a4"})
            type_code(client, "maya", "2" * 12)
            client.get(reverse("card_link", args=[card.secret]))
            client.get(reverse("card_link", args=[card.secret + "x"]))
            client.post(reverse("card_password"), {"password1": "short", "password2": "short"})

        written = [record.getMessage() for record in caplog.records if not record.name.startswith("django.db")]
        assert written
        assert not [line for line in written if card.secret in line or card.code in line or "2" * 12 in line]


def test_admin_who_is_also_a_student_is_on_no_list(cast: Cast, sign_in: SignIn) -> None:
    StudentFactory(school=cast.school, family_name="Twohats", roles=[Role.STUDENT, Role.ADMIN])

    page = sign_in(cast.coordinator).get(reverse("card_list"), {"group": "all"}).content.decode()

    assert "Maya Rahman" in page
    assert "Twohats" not in page
