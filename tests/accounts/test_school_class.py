"""Class lists kept by hand: who sees them, what is kept, and what is refused."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import SchoolClass, User
from accounts.services import Refused
from accounts.services.school_class import delete_class, keep_class
from tests.cast import Cast
from tests.factories import StudentFactory, TeacherFactory

SignIn = Callable[[User], Client]
LIST = "/classes/"


@pytest.fixture
def math(cast: Cast) -> SchoolClass:
    school_class = SchoolClass.objects.create(school=cast.school, name="Math 7A", subject="Math", grade="7")
    school_class.teachers.add(cast.teacher)
    school_class.students.add(cast.mentor)
    return school_class


def page_of(school_class: SchoolClass) -> str:
    return reverse("class_edit", args=[school_class.pk])


def test_class_list_names_teachers_and_counts_students(cast: Cast, sign_in: SignIn, math: SchoolClass) -> None:
    foreign = SchoolClass.objects.create(school=cast.stranger.school, name="Art 8")

    page = sign_in(cast.coordinator).get(LIST).content.decode()

    assert "Math 7A" in page
    assert "Ms Ortiz" in page
    assert "1 student" in page
    assert foreign.name not in page
    assert cast.mentor.full_name not in page


@pytest.mark.parametrize(
    ("query", "is_found"), [("math", True), ("ortiz", True), ("math ortiz", True), ("tran", False)]
)
def test_class_list_finds_by_name_and_teacher(
    cast: Cast, sign_in: SignIn, math: SchoolClass, query: str, is_found: bool
) -> None:
    page = sign_in(cast.coordinator).get(LIST, {"q": query}).content.decode()

    assert ("Math 7A" in page) is is_found
    assert ("No class fits" in page) is not is_found


def test_class_list_without_classes_offers_the_first_one(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.coordinator).get(LIST).content.decode()

    assert "No classes yet" in page
    assert reverse("class_create") in page


def test_class_create_writes_a_class_with_its_people(cast: Cast, sign_in: SignIn) -> None:
    said = {
        "name": "Art 8", "subject": "Art", "grade": "8", "is_core": "on", "teachers": [cast.teacher.pk],
        "students": [cast.mentor.pk, cast.other_mentor.pk], "periods": [cast.periods[0].pk],
    }  # fmt: skip

    answer = sign_in(cast.coordinator).post(reverse("class_create"), said, follow=True)

    art = SchoolClass.objects.get()
    assert "The class is saved." in answer.content.decode()
    assert (art.name, art.subject, art.grade, art.is_core, art.source_id) == ("Art 8", "Art", "8", True, None)
    assert set(art.teachers.all()) == {cast.teacher}
    assert set(art.students.all()) == {cast.mentor, cast.other_mentor}
    assert list(art.periods.all()) == [cast.periods[0]]


def test_class_edit_changes_who_is_in_it(cast: Cast, sign_in: SignIn, math: SchoolClass) -> None:
    client = sign_in(cast.coordinator)

    page = client.get(page_of(math)).content.decode()
    client.post(page_of(math), {"name": "Math 7B", "teachers": [cast.other_teacher.pk], "students": []})

    math.refresh_from_db()
    assert "Maya Rahman (7)" in page
    assert math.name == "Math 7B"
    assert set(math.teachers.all()) == {cast.other_teacher}
    assert not math.students.exists()


def test_class_edit_keeps_what_was_typed_when_something_is_wrong(
    cast: Cast, sign_in: SignIn, math: SchoolClass
) -> None:
    both = TeacherFactory(school=cast.school, roles=["teacher", "student"])

    nameless = sign_in(cast.coordinator).post(page_of(math), {"name": "", "subject": "Algebra"})
    own_class = sign_in(cast.coordinator).post(
        page_of(math), {"name": "Math", "teachers": [both.pk], "students": [both.pk]}
    )

    math.refresh_from_db()
    assert (nameless.status_code, own_class.status_code) == (422, 422)
    assert 'value="Algebra"' in nameless.content.decode()
    assert "teach a class and attend it" in own_class.content.decode()
    assert (math.name, math.subject) == ("Math 7A", "Math")


def test_class_create_offers_teachers_to_teach_and_students_to_learn(cast: Cast, sign_in: SignIn) -> None:
    two_hats = TeacherFactory(school=cast.school, roles=["coordinator", "teacher"])

    form = sign_in(cast.coordinator).get(reverse("class_create")).context["form"]

    assert set(form.fields["teachers"].queryset) == {cast.teacher, cast.other_teacher, two_hats}
    assert set(form.fields["students"].queryset) == {cast.mentor, cast.other_mentor}


@pytest.mark.parametrize(("field", "who"), [("teachers", "mentor"), ("teachers", "admin"), ("students", "teacher")])
def test_class_create_takes_nobody_in_a_part_that_is_not_theirs(
    cast: Cast, sign_in: SignIn, field: str, who: str
) -> None:
    answer = sign_in(cast.coordinator).post(reverse("class_create"), {"name": "Art 8", field: [getattr(cast, who).pk]})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not SchoolClass.objects.exists()


@pytest.mark.parametrize("field", ["teachers", "students", "periods"])
def test_class_edit_takes_nobody_of_another_school(cast: Cast, sign_in: SignIn, math: SchoolClass, field: str) -> None:
    foreign = {"teachers": cast.stranger.pk, "students": StudentFactory(school=cast.stranger.school).pk, "periods": 0}

    answer = sign_in(cast.coordinator).post(page_of(math), {"name": "Math", field: [foreign[field]]})

    assert answer.status_code == 422
    assert set(math.teachers.all()) == {cast.teacher}


def test_class_edit_of_a_large_school_offers_the_grade_of_the_class(
    cast: Cast, sign_in: SignIn, math: SchoolClass, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.forms.school_class.STUDENTS_SHOWN", 1)
    same = StudentFactory(school=cast.school, grade="7")
    other = StudentFactory(school=cast.school, grade="8")
    inside = StudentFactory(school=cast.school, grade="8")
    math.students.add(inside)

    page = sign_in(cast.coordinator).get(page_of(math)).content.decode()

    assert same.full_name in page
    assert inside.full_name in page
    assert other.full_name not in page


def test_class_delete_takes_the_list_and_leaves_the_people(cast: Cast, sign_in: SignIn, math: SchoolClass) -> None:
    sign_in(cast.coordinator).post(reverse("class_delete", args=[math.pk]))

    assert not SchoolClass.objects.exists()
    assert User.objects.filter(pk__in=[cast.teacher.pk, cast.mentor.pk]).count() == 2


@pytest.mark.parametrize("by", ["teacher", "mentor", "admin", "stranger_coordinator"])
def test_class_services_are_for_the_coordinator_of_the_school(cast: Cast, math: SchoolClass, by: str) -> None:
    other = getattr(cast, by)

    for act in (
        lambda: keep_class(math, teachers=[], students=[], periods=[], by=other),
        lambda: delete_class(math, by=other),
    ):
        with pytest.raises(Refused):
            act()

    assert set(math.teachers.all()) == {cast.teacher}


def test_keep_class_refuses_people_of_another_school(cast: Cast, math: SchoolClass) -> None:
    with pytest.raises(Refused):
        keep_class(math, teachers=[cast.stranger], students=[], periods=[], by=cast.coordinator)

    assert set(math.teachers.all()) == {cast.teacher}


@pytest.mark.parametrize("who", ["teacher", "mentor", "admin"])
def test_class_pages_are_closed_to_other_roles(cast: Cast, sign_in: SignIn, math: SchoolClass, who: str) -> None:
    client = sign_in(getattr(cast, who))

    answers = [client.get(LIST), client.get(page_of(math)), client.post(reverse("class_delete", args=[math.pk]))]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert SchoolClass.objects.exists()


@pytest.mark.parametrize("rows", [1, 30])
def test_class_list_takes_the_same_statements_for_any_rows(
    cast: Cast, sign_in: SignIn, rows: int, django_assert_num_queries: Callable[..., object]
) -> None:
    for number in range(rows):
        school_class = SchoolClass.objects.create(school=cast.school, name=f"Class {number}")
        school_class.teachers.add(TeacherFactory(school=cast.school))
        school_class.students.add(cast.mentor)
    client = sign_in(cast.coordinator)

    with django_assert_num_queries(2 + 3):  # type: ignore[attr-defined]  # session, person; count, classes, teachers
        client.get(LIST)


@pytest.mark.parametrize("rows", [1, 30])
def test_class_edit_takes_the_same_statements_for_any_people(
    cast: Cast, sign_in: SignIn, math: SchoolClass, rows: int, django_assert_max_num_queries: Callable[..., object]
) -> None:
    math.teachers.set([TeacherFactory(school=cast.school) for _ in range(rows)])
    math.students.set([StudentFactory(school=cast.school) for _ in range(rows)])
    client = sign_in(cast.coordinator)

    with django_assert_max_num_queries(2 + 13):  # type: ignore[attr-defined]
        client.get(page_of(math))
