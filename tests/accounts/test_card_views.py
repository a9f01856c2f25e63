"""Pages of the sign-in cards: printing them, and coming in with one."""

import datetime as dt
import io
import re
from collections.abc import Callable, Iterator

import pytest
import time_machine
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


def test_admin_who_is_also_a_student_is_on_no_list(cast: Cast, sign_in: SignIn) -> None:
    StudentFactory(school=cast.school, family_name="Twohats", roles=[Role.STUDENT, Role.ADMIN])

    page = sign_in(cast.coordinator).get(reverse("card_list"), {"group": "all"}).content.decode()

    assert "Maya Rahman" in page
    assert "Twohats" not in page
