"""Asking for help, and taking a consent back."""

import pytest
from django.urls import reverse

from accounts.models import Concern, Consent
from sessions_app.models import Booking
from tests import factories

pytestmark = pytest.mark.usefixtures("in_november")


def withdraw(person):
    return reverse("consent_withdraw", args=[person.pk])


def test_help_anonymous_is_sent_to_sign_in(client, cast):
    assert client.post(reverse("concern_raise")).url.startswith(reverse("account_login"))
    assert not Concern.objects.exists()


@pytest.mark.parametrize("who", ["coordinator", "admin", "teacher", "mentor"])
def test_help_is_asked_for_by_everybody_without_a_word(cast, sign_in, who):
    person = getattr(cast, who)
    client = sign_in(person)

    answer = client.post(reverse("concern_raise"), follow=True)

    concern = Concern.objects.get()
    assert (concern.raised_by, concern.about, concern.text) == (person, None, "")
    assert "Thank you for telling us" in answer.content.decode()


def test_help_page_says_who_reads_it_and_offers_own_partners_only(cast, sign_in, book):
    book()
    factories.PairingFactory(program=cast.program, teacher=cast.other_teacher, student=cast.mentor)

    page = sign_in(cast.mentor).get(reverse("concern_raise")).content.decode()

    assert "Ms Lane" in page
    assert "Ms Ortiz" in page
    assert "Mr Haddad" in page
    assert "Leo T." not in page
    assert not Concern.objects.exists()


def test_help_about_a_partner_ends_the_meetings_of_the_two(cast, sign_in, book):
    book()

    sign_in(cast.mentor).post(reverse("concern_raise"), {"about": cast.teacher.pk, "text": "No me gusta"})

    concern = Concern.objects.get()
    assert (concern.about, concern.text) == (cast.teacher, "No me gusta")
    assert not Booking.objects.get().is_standing


def test_help_about_somebody_who_is_no_partner_answers_422_and_keeps_the_text(cast, sign_in):
    for person in (cast.teacher, cast.stranger):
        answer = sign_in(cast.mentor).post(reverse("concern_raise"), {"about": person.pk, "text": "Look here"})

        assert answer.status_code == 422
        assert "Look here" in answer.content.decode()
    assert not Concern.objects.exists()


def test_help_with_too_long_a_text_answers_422(cast, sign_in):
    answer = sign_in(cast.mentor).post(reverse("concern_raise"), {"text": "x" * 4001})

    assert answer.status_code == 422
    assert not Concern.objects.exists()


@pytest.mark.parametrize("count", [1, 30])
def test_help_page_costs_the_same_for_1_and_30_partners(cast, sign_in, count, django_assert_num_queries):
    for _ in range(count):
        factories.BookingFactory(program=cast.program, mentor=cast.mentor)
    client = sign_in(cast.mentor)

    with django_assert_num_queries(5):
        client.get(reverse("concern_raise"))


def test_withdraw_anonymous_is_sent_to_sign_in(client, cast):
    assert client.post(withdraw(cast.mentor)).url.startswith(reverse("account_login"))
    assert Consent.objects.standing().count() == 4


@pytest.mark.parametrize("who", ["teacher", "admin"])
def test_withdraw_wrong_role_is_forbidden(cast, sign_in, who):
    assert sign_in(getattr(cast, who)).post(withdraw(cast.mentor)).status_code == 403
    assert Consent.objects.standing().count() == 4


def test_student_stops_taking_part_for_oneself_only(cast, sign_in):
    client = sign_in(cast.mentor)

    other = client.post(withdraw(cast.other_mentor))
    own = client.post(withdraw(cast.mentor))

    assert (other.status_code, own.url) == (404, reverse("my_consent_list"))
    standing = Consent.objects.standing().values_list("person", "given_by").order_by("person", "given_by")
    assert list(standing) == sorted(
        [(cast.mentor.pk, "guardian"), (cast.other_mentor.pk, "guardian"), (cast.other_mentor.pk, "self")]
    )


def test_withdraw_for_a_student_of_another_school_is_not_found(cast, sign_in):
    client = sign_in(cast.stranger_coordinator)

    assert client.get(withdraw(cast.mentor)).status_code == 404
    assert client.post(withdraw(cast.mentor)).status_code == 404
    assert Consent.objects.standing().count() == 4


def test_withdraw_page_says_what_ends_and_changes_nothing(cast, sign_in, book):
    book()
    book(period=cast.periods[1])

    page = sign_in(cast.coordinator).get(withdraw(cast.mentor)).content.decode()

    assert "Withdraw the consent for Maya Rahman?" in page
    assert "2 coming bookings are cancelled" in page
    assert "duties at playgrounds" not in page, "what is nothing is not told"
    assert Booking.objects.standing().count() == 2
    assert Consent.objects.standing().count() == 4


def test_withdraw_ends_consent_and_coming_bookings(cast, sign_in, book):
    book()

    answer = sign_in(cast.coordinator).post(withdraw(cast.mentor), follow=True)

    assert "The consent is withdrawn, and 1 booking is cancelled." in answer.content.decode()
    assert not Booking.objects.standing().exists()
    assert Consent.objects.standing().get(person=cast.mentor).given_by == "self", "the guardian's word alone"


def test_withdraw_where_no_consent_stands_answers_422(cast, sign_in):
    student = factories.StudentFactory(school=cast.school)
    client = sign_in(cast.coordinator)

    assert "There is no consent to withdraw" in client.get(withdraw(student)).content.decode()
    assert client.post(withdraw(student)).status_code == 422
