"""Making sign-in cards and using them: who may, for whom, and what an older card is worth then."""

import datetime as dt
import io

import pytest
from django.contrib.auth.hashers import check_password
from pypdf import PdfReader

from accounts.models import Message, SecretLink, User
from accounts.models.secret_link import hash_of
from accounts.paper import make_pdf
from accounts.permissions import Role
from accounts.reports.sign_in_card import (
    ALPHABET,
    NewCard,
    drawing_of,
    in_groups,
    sheet_of,
    who_needs_a_card,
    with_card_state,
)
from accounts.services import Refused
from accounts.services.sign_in_card import card_by_code, card_by_hash, print_cards, use_card
from tests.cast import NOW, Cast
from tests.factories import StudentFactory, UserFactory

LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def card(cast: Cast) -> NewCard:
    """A card of the cast's mentor."""
    return print_cards([cast.mentor], by=cast.coordinator, now=NOW)[0]


def opened(card: NewCard) -> SecretLink:
    link = card_by_code(card.student.username, card.code, now=LATER)
    assert link is not None
    return link


class TestPrinting:
    def test_each_student_gets_a_card_in_the_order_asked_for(self, cast: Cast) -> None:
        cards = print_cards([cast.other_mentor, cast.mentor], by=cast.coordinator, now=NOW)

        assert [card.student for card in cards] == [cast.other_mentor, cast.mentor]
        assert all(card.expires_at == NOW + dt.timedelta(days=14) for card in cards)
        assert {link.user for link in SecretLink.objects.all()} == {cast.mentor, cast.other_mentor}

    def test_only_hashes_are_kept(self, card: NewCard) -> None:
        kept = " ".join(str(value) for value in SecretLink.objects.values_list().get())

        assert hash_of(card.secret) in kept
        assert card.secret not in kept
        assert card.code not in kept

    def test_code_has_sixty_bits_without_look_alikes(self, card: NewCard) -> None:
        assert len(card.code) == 12
        assert set(card.code) <= set(ALPHABET)
        assert len(ALPHABET) == 32
        assert set(ALPHABET).isdisjoint("01IO")

    def test_new_card_ends_the_older_one(self, cast: Cast, card: NewCard) -> None:
        print_cards([cast.mentor], by=cast.coordinator, now=LATER)

        assert card_by_code("maya", card.code, now=LATER) is None
        assert card_by_hash(hash_of(card.secret), now=LATER) is None

    @pytest.mark.parametrize("whose", ["teacher", "admin", "coordinator", "stranger"])
    def test_only_students_of_the_school_get_cards(self, cast: Cast, card: NewCard, whose: str) -> None:
        with pytest.raises(Refused):
            print_cards([cast.mentor, getattr(cast, whose)], by=cast.coordinator, now=LATER)

        assert opened(card)
        assert SecretLink.objects.count() == 1

    @pytest.mark.parametrize("more", [Role.ADMIN, Role.COORDINATOR, Role.TEACHER])
    def test_student_who_wears_another_hat_gets_none(self, cast: Cast, more: Role) -> None:
        two_hats = StudentFactory(school=cast.school, roles=[Role.STUDENT, more])

        with pytest.raises(Refused):
            print_cards([two_hats], by=cast.coordinator, now=NOW)

        assert not SecretLink.objects.exists()

    def test_student_who_left_or_is_of_another_school_gets_none(self, cast: Cast) -> None:
        gone = StudentFactory(school=cast.school, is_active=False)
        elsewhere = StudentFactory(school=cast.stranger.school)

        for student in (gone, elsewhere):
            with pytest.raises(Refused):
                print_cards([student], by=cast.coordinator, now=NOW)

        assert not SecretLink.objects.exists()

    @pytest.mark.parametrize("who", ["admin", "teacher", "mentor", "stranger_coordinator"])
    def test_only_a_coordinator_of_the_school_prints(self, cast: Cast, who: str) -> None:
        with pytest.raises(Refused):
            print_cards([cast.mentor], by=getattr(cast, who), now=NOW)

        assert not SecretLink.objects.exists()

    def test_nobody_is_no_reason_to_print(self, cast: Cast) -> None:
        with pytest.raises(Refused):
            print_cards([], by=cast.coordinator, now=NOW)


class TestOpening:
    @pytest.mark.parametrize("user_name", ["maya", "MAYA", " Maya "])
    def test_code_is_taken_however_it_is_typed(self, card: NewCard, user_name: str) -> None:
        for code in (card.code, in_groups(card.code), in_groups(card.code).lower().replace("-", " ")):
            assert card_by_code(user_name, code, now=LATER) == opened(card)

    @pytest.mark.parametrize("user_name", ["leo", "nobody", ""])
    def test_code_is_nothing_without_its_user_name(self, card: NewCard, user_name: str) -> None:
        assert card_by_code(user_name, card.code, now=LATER) is None

    def test_wrong_code_opens_nothing(self, card: NewCard) -> None:
        wrong = ("3" if card.code[0] == "2" else "2") + card.code[1:]

        assert card_by_code("maya", wrong, now=LATER) is None

    def test_card_opens_for_fourteen_days(self, card: NewCard) -> None:
        last = NOW + dt.timedelta(days=14)

        assert card_by_hash(hash_of(card.secret), now=last - dt.timedelta(seconds=1))
        assert card_by_hash(hash_of(card.secret), now=last) is None
        assert card_by_code("maya", card.code, now=last) is None

    def test_secret_of_another_purpose_opens_nothing(self, card: NewCard) -> None:
        SecretLink.objects.update(purpose=SecretLink.Purpose.INVITATION)

        assert card_by_hash(hash_of(card.secret), now=LATER) is None
        assert card_by_code("maya", card.code, now=LATER) is None

    def test_card_of_somebody_who_left_opens_nothing(self, cast: Cast, card: NewCard) -> None:
        User.objects.filter(pk=cast.mentor.pk).update(is_active=False)

        assert card_by_code("maya", card.code, now=LATER) is None

    def test_right_and_wrong_tries_ask_the_same_questions(self, card: NewCard, django_assert_num_queries) -> None:
        for user_name, code in (("maya", card.code), ("maya", "2" * 12), ("nobody", card.code)):
            with django_assert_num_queries(1):
                card_by_code(user_name, code, now=LATER)


class TestUsing:
    def test_password_is_set_and_the_card_is_used_up(self, cast: Cast, card: NewCard) -> None:
        use_card(opened(card), password="quiet-river-41", now=LATER)

        cast.mentor.refresh_from_db()
        assert check_password("quiet-river-41", cast.mentor.password)
        assert card_by_code("maya", card.code, now=LATER) is None

    @pytest.mark.parametrize("before", [None, "forgotten-long-ago"])
    def test_who_had_a_password_is_told_of_the_new_one(self, cast: Cast, card: NewCard, before: str | None) -> None:
        cast.mentor.set_password(before)
        cast.mentor.save()

        use_card(opened(card), password="quiet-river-41", now=LATER)

        told = Message.objects.filter(user=cast.mentor, kind="sign_in_changed")
        assert [message.context["what"] for message in told] == (["password_changed"] if before else [])

    def test_card_that_was_replaced_meanwhile_sets_nothing(self, cast: Cast, card: NewCard) -> None:
        link = opened(card)
        print_cards([cast.mentor], by=cast.coordinator, now=LATER)

        with pytest.raises(Refused):
            use_card(link, password="quiet-river-41", now=LATER)

        cast.mentor.refresh_from_db()
        assert not check_password("quiet-river-41", cast.mentor.password)

    def test_card_of_a_student_who_became_staff_sets_nothing(self, cast: Cast, card: NewCard) -> None:
        link = opened(card)
        User.objects.filter(pk=cast.mentor.pk).update(roles=[Role.STUDENT, Role.ADMIN])

        with pytest.raises(Refused):
            use_card(link, password="quiet-river-41", now=LATER)

        cast.mentor.refresh_from_db()
        link.refresh_from_db()
        assert not check_password("quiet-river-41", cast.mentor.password)
        assert link.used_at is None


class TestState:
    def test_states_tell_who_needs_a_card(self, cast: Cast, card: NewCard) -> None:
        User.objects.filter(pk=cast.other_mentor.pk).update(last_login=NOW)
        without = StudentFactory(school=cast.school)
        students = User.objects.filter(pk__in=[cast.mentor.pk, cast.other_mentor.pk, without.pk])

        states = {row.pk: row for row in with_card_state(students, now=LATER)}

        assert states[cast.mentor.pk].card_printed_at == NOW
        assert [row.needs_card for row in (states[cast.mentor.pk], states[cast.other_mentor.pk])] == [False, False]
        assert list(who_needs_a_card(students, now=LATER)) == [without]

    def test_card_that_ran_out_leaves_its_student_in_need(self, cast: Cast, card: NewCard) -> None:
        state = with_card_state(User.objects.filter(pk=cast.mentor.pk), now=NOW + dt.timedelta(days=15)).get()

        assert (state.needs_card, state.had_card, state.card_printed_at) == (True, True, None)


class TestSheet:
    def sheet(
        self, cast: Cast, count: int = 1, language: str = "en", size: str = "a4", stem: str = "maya"
    ) -> PdfReader:
        people = [
            UserFactory.build(
                school=cast.school,
                roles=[Role.STUDENT],
                given_name="Maya #[x]",
                family_name="Rahman",
                language=language,
                username=f"{stem}{number}",
            )
            for number in range(count)
        ]
        cards = [NewCard(person, "s" * 43, "7KQ2M9TX4HFW", NOW + dt.timedelta(days=14)) for person in people]
        facts = sheet_of(cards, title="Sign-in cards: 7B", size=size)
        return PdfReader(io.BytesIO(make_pdf("cards", facts, language="en")))

    def test_card_says_what_a_student_needs(self, cast: Cast) -> None:
        text = self.sheet(cast).pages[0].extract_text()

        for words in ("Maya #[x] R.", "Lincoln Junior High", "maya0", "7KQ2-M9TX-4HFW", "/card/", "6 December 2026"):
            assert words in text
        assert "Rahman" not in text

    def test_card_speaks_the_students_language(self, cast: Cast) -> None:
        text = self.sheet(cast, language="es").pages[0].extract_text()

        assert "6 de diciembre de 2026" in text
        assert "This card works once" not in text

    def test_user_name_too_long_for_a_line_goes_on_in_the_next(self, cast: Cast) -> None:
        name = "m" * 70

        lines = self.sheet(cast, stem=name).pages[0].extract_text().replace("\u200b", "").split("\n")

        assert max(line.count("m") for line in lines) <= 40
        assert name in "".join(line for line in lines if set(line) <= {"m", "0"})

    @pytest.mark.parametrize("size", ["a4", "us-letter"])
    def test_eight_cards_fill_a_page(self, cast: Cast, size: str) -> None:
        sheet = self.sheet(cast, count=17, size=size, language="ar")

        texts = [page.extract_text() for page in sheet.pages]
        assert [text.count("7KQ2-M9TX-4HFW") for text in texts] == [8, 8, 1]

    def test_sheet_can_be_read_aloud_with_words_for_the_square(self, cast: Cast) -> None:
        assert b"pdfuaid:part" in self.sheet(cast, count=2).trailer["/Root"]["/Metadata"].get_data()

    def test_square_is_drawn_with_its_quiet_zone(self) -> None:
        drawing = drawing_of("https://flipside.example.org/card/" + "s" * 43 + "/")

        assert drawing.startswith("<svg")
        assert "M4 4h7v1h-7z" in drawing  # the upper edge of the first of three corner marks
        assert "M3 " not in drawing
