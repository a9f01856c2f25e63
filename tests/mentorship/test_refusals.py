"""Rather not with ...: who says it, who reads it, and that the other one never does."""

import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts.permissions import Role
from accounts.services import Refused
from mentorship.models import Refusal
from mentorship.services import refuse_person, take_back_refusal
from tests import factories
from tests.cast import NOW

URL = "refusal_list"


def test_person_says_it_once(cast):
    first = refuse_person(cast.mentor, cast.teacher, by=cast.mentor, now=NOW)
    again = refuse_person(cast.mentor, cast.teacher, by=cast.mentor, now=NOW)

    assert first == again
    assert Refusal.objects.count() == 1


def test_coordinator_says_it_for_anybody(cast):
    refusal = refuse_person(cast.teacher, cast.mentor, by=cast.coordinator, now=NOW)

    assert (refusal.person, refusal.about) == (cast.teacher, cast.mentor)


@pytest.mark.parametrize("by", ["other_teacher", "admin", "stranger_coordinator", "other_mentor"])
def test_nobody_else_says_it_or_takes_it_back(cast, by):
    refusal = refuse_person(cast.teacher, cast.mentor, by=cast.teacher, now=NOW)

    with pytest.raises(Refused):
        refuse_person(cast.teacher, cast.other_mentor, by=getattr(cast, by), now=NOW)
    with pytest.raises(Refused):
        take_back_refusal(refusal, by=getattr(cast, by))

    assert list(Refusal.objects.all()) == [refusal]


def test_two_of_one_kind_are_refused(cast):
    with pytest.raises(Refused, match="a teacher and a student"):
        refuse_person(cast.mentor, cast.other_mentor, by=cast.mentor, now=NOW)

    assert not Refusal.objects.exists()


def test_person_of_another_school_is_refused(cast):
    with pytest.raises(Refused, match="not at your school"):
        refuse_person(cast.mentor, cast.stranger, by=cast.mentor, now=NOW)


@pytest.mark.parametrize("names", [("mentor", "mentor"), ("mentor", "teacher")])
def test_database_takes_two_people_once(cast, names):
    person, about = (getattr(cast, name) for name in names)
    Refusal.objects.create(person=cast.mentor, about=cast.teacher, made_at=NOW)

    with pytest.raises(IntegrityError, match="mentorship_refusal"):
        Refusal.objects.create(person=person, about=about, made_at=NOW)


def test_page_names_somebody_and_takes_it_back(cast, sign_in):
    client = sign_in(cast.mentor)

    added = client.post(reverse(URL), {"about": cast.teacher.pk}, follow=True).content.decode()
    refusal = Refusal.objects.get()
    gone = client.post(reverse("refusal_take_back", args=[refusal.pk]), follow=True).content.decode()

    assert "Ms Ortiz" in added
    assert (refusal.person, refusal.about) == (cast.mentor, cast.teacher)
    assert "Nobody is on this list" in gone
    assert not Refusal.objects.exists()


def test_page_offers_those_whom_a_booking_could_bring(cast, sign_in):
    elsewhere = factories.StudentFactory(school=cast.school, given_name="Outside")

    page = sign_in(cast.teacher).get(reverse(URL)).content.decode()

    assert "Maya R." in page
    assert "Rahman" not in page
    assert elsewhere.given_name not in page
    assert "Mr Haddad" not in page


@pytest.mark.parametrize("about", ["stranger", "other_mentor", "admin"])
def test_page_takes_nobody_else(cast, sign_in, about):
    answer = sign_in(cast.mentor).post(reverse(URL), {"about": getattr(cast, about).pk})

    assert answer.status_code == 422
    assert not Refusal.objects.exists()


def test_coordinators_page_speaks_for_anybody_and_shows_all(cast, sign_in):
    refuse_person(cast.mentor, cast.teacher, by=cast.mentor, now=NOW)
    client = sign_in(cast.coordinator)

    answer = client.post(reverse(URL), {"person": cast.other_teacher.pk, "about": cast.other_mentor.pk}, follow=True)
    two_students = client.post(reverse(URL), {"person": cast.mentor.pk, "about": cast.other_mentor.pk})

    page = answer.content.decode()
    assert "Maya Rahman: rather not with Ana Ortiz" in page
    assert "Omar Haddad: rather not with Leo Tran" in page
    assert two_students.status_code == 422
    assert Refusal.objects.count() == 2


def test_whom_it_is_about_reads_nothing_of_it(cast, sign_in):
    refusal = refuse_person(cast.mentor, cast.teacher, by=cast.mentor, now=NOW)
    client = sign_in(cast.teacher)

    taken_back = client.post(reverse("refusal_take_back", args=[refusal.pk]))

    assert "Nobody is on this list" in client.get(reverse(URL)).content.decode()
    assert taken_back.status_code == 404
    assert Refusal.objects.exists()


@pytest.mark.parametrize("count", [1, 30])
def test_list_costs_the_same_for_one_and_thirty(cast, sign_in, count, django_assert_num_queries):
    for _n in range(count):
        teacher = factories.TeacherFactory(school=cast.school)
        Refusal.objects.create(person=cast.mentor, about=teacher, made_at=NOW)
    client = sign_in(cast.coordinator)
    client.get(reverse(URL))

    with django_assert_num_queries(5):
        client.get(reverse(URL))


def test_two_hats_speak_for_anybody(cast, sign_in):
    both = factories.UserFactory(school=cast.school, roles=[Role.TEACHER, Role.COORDINATOR])

    answer = sign_in(both).post(reverse(URL), {"person": cast.mentor.pk, "about": cast.teacher.pk})

    assert answer.status_code == 302
    assert Refusal.objects.get().person == cast.mentor
