"""A timetable from a list: what is read, what is refused, and that looking writes nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import DayType, PeriodTime, SchoolClass, User
from accounts.services import Refused
from mentorship.forms import TimetableForm
from mentorship.models import Availability
from mentorship.reports import TimetableLine
from mentorship.services import apply_timetable
from tests import factories
from tests.cast import PERIODS, Cast

SignIn = Callable[[User], Client]
HEAD = "person,kind,period,what\n"


@pytest.fixture
def b_day(cast: Cast) -> DayType:
    """A second kind of day, with the same times."""
    kind = DayType.objects.create(school=cast.school, name="B")
    for period, (starts, ends) in zip(cast.periods, PERIODS, strict=True):
        PeriodTime.objects.create(
            bell_schedule=cast.bell_schedule, day_type=kind, period=period, starts=starts, ends=ends
        )
    return kind


@pytest.fixture
def art(cast: Cast) -> SchoolClass:
    """Leo is in Art 8."""
    school_class = SchoolClass.objects.create(school=cast.school, name="Art 8")
    school_class.students.add(cast.other_mentor)
    return school_class


def read(cast: Cast, text: str) -> TimetableForm:
    file = SimpleUploadedFile("timetable.csv", text.encode())
    form = TimetableForm({}, {"file": file}, school=cast.school)
    form.is_valid()
    return form


def refusals(form: TimetableForm) -> list[tuple[int, str]]:
    return [(row.row, row.column) for row in form.timetable.refused]


def slots_of(person: User) -> dict[tuple[str, int], bool]:
    rows = Availability.objects.filter(person=person)
    return {
        (name, position): leaves
        for name, position, leaves in rows.values_list("day_type__name", "period__position", "may_leave_class")
    }


def test_people_kinds_and_periods_are_known_by_each_of_their_names(
    cast: Cast, b_day: DayType, art: SchoolClass
) -> None:
    User.objects.filter(pk=cast.other_mentor.pk).update(source_id="S-9")
    text = f"{HEAD}MAYA,a,1,Free\nMaya Rahman,B,2. period,may leave\nS-9,*,3,art 8\n{cast.teacher.email},,4,planning\n"

    form = read(cast, text)

    first, second, third, fourth = (period.pk for period in cast.periods)
    a_day, maya, leo, teacher = cast.day_type.pk, cast.mentor.pk, cast.other_mentor.pk, cast.teacher.pk
    assert refusals(form) == []
    assert form.timetable.lines == [
        TimetableLine(maya, a_day, first, False, None),
        TimetableLine(maya, b_day.pk, second, True, None),
        TimetableLine(leo, a_day, third, None, art.pk),
        TimetableLine(leo, b_day.pk, third, None, art.pk),
        TimetableLine(teacher, a_day, fourth, False, None),
        TimetableLine(teacher, b_day.pk, fourth, False, None),
    ]


def test_rows_that_make_no_sense_are_refused_one_by_one(cast: Cast, art: SchoolClass) -> None:
    testing = DayType.objects.create(school=cast.school, name="Tests", is_testing=True)
    PeriodTime.objects.create(
        bell_schedule=cast.bell_schedule, day_type=testing, period=cast.periods[0], starts="08:00", ends="09:00"
    )
    factories.StudentFactory(school=cast.school, username="maya2", given_name="Maya", family_name="Rahman")
    for _twin in range(2):
        SchoolClass.objects.create(school=cast.school, name="Math")
    rows = [
        "nobody,A,1,free", "maya,Z,1,free", "maya,A,9,free", "maya,Tests,2,free", "maya,A,1,Latin", "ortiz,A,1,leave",
        "maya,Tests,1,may leave", "Maya Rahman,A,1,free", "maya,A,2,Math", "maya,A,1,free", "maya,A,1,may leave",
        f"{cast.stranger.username},A,1,free",
    ]  # fmt: skip

    form = read(cast, HEAD + "\n".join(rows))

    assert [(line.person_id, line.may_leave_class) for line in form.timetable.lines] == [(cast.mentor.pk, False)]
    assert refusals(form) == [
        (2, "person"), (3, "kind"), (4, "period"), (5, "period"), (6, "what"), (7, "what"), (8, "kind"), (9, "person"),
        (10, "what"), (12, "period"), (13, "person"),
    ]  # fmt: skip
    assert "stands in row 11 already" in form.timetable.refused[9].reason


def test_file_without_its_columns_or_without_anything_is_refused(cast: Cast) -> None:
    assert "must name the columns" in read(cast, "person,period\nmaya,1\n").errors["file"][0]
    assert "The file is empty." in read(cast, "").errors["file"][0]


def test_class_of_several_with_one_name_is_the_persons_own(cast: Cast, art: SchoolClass) -> None:
    SchoolClass.objects.create(school=cast.school, name="Art 8")

    form = read(cast, HEAD + "leo,A,1,Art 8\n")

    assert [line.class_id for line in form.timetable.lines] == [art.pk]


def send(client: Client, text: str) -> Any:
    file = SimpleUploadedFile("timetable.csv", text.encode())
    return client.post(reverse("timetable_import"), {"file": file})


def test_preview_writes_nothing_and_a_second_import_changes_nothing(
    cast: Cast, sign_in: SignIn, b_day: DayType, art: SchoolClass
) -> None:
    client = sign_in(cast.coordinator)
    text = HEAD + "maya,B,1,free\nmaya,A,2,may leave\nleo,A,3,Art 8\nleo,A,9,free\n"
    before = slots_of(cast.mentor), slots_of(cast.other_mentor)

    preview = send(client, text)
    page = preview.content.decode()
    assert preview.status_code == 200
    assert "The file speaks of 2 people." in page
    assert "1 row is not taken" in page
    assert "There is no period “9”." in page
    assert (slots_of(cast.mentor), slots_of(cast.other_mentor)) == before
    assert not art.periods.exists()

    plan = {"plan": preview.context["plan"]}
    page = client.post(reverse("timetable_confirm"), plan, follow=True).content.decode()
    assert "3 free periods are changed. 1 class is changed." in page
    assert slots_of(cast.mentor) == {
        ("A", 1): False, ("A", 2): True, ("A", 3): False, ("A", 4): False, ("B", 1): False,
    }  # fmt: skip
    assert slots_of(cast.other_mentor) == {("A", 1): False, ("A", 2): False, ("A", 4): False}
    assert list(art.periods.all()) == [cast.periods[2]]
    assert list(art.day_types.all()) == [cast.day_type]

    rows = list(Availability.objects.order_by("pk").values())
    assert "Nothing to change" in send(client, text).content.decode()
    page = client.post(reverse("timetable_confirm"), plan, follow=True).content.decode()
    assert "0 free periods are changed. 0 classes are changed." in page
    assert list(Availability.objects.order_by("pk").values()) == rows


def test_class_that_meets_on_every_kind_of_day_says_none(cast: Cast, b_day: DayType, art: SchoolClass) -> None:
    def meets(kind: DayType, number: int) -> None:
        line = TimetableLine(cast.other_mentor.pk, kind.pk, cast.periods[number - 1].pk, None, art.pk)
        apply_timetable([line], by=cast.coordinator)

    meets(cast.day_type, 1)
    assert set(art.day_types.all()) == {cast.day_type}
    meets(b_day, 1)
    assert not art.day_types.exists()
    meets(b_day, 2)
    assert not art.day_types.exists()
    assert set(art.periods.all()) == set(cast.periods[:2])


def test_timetable_is_taken_over_by_the_schools_coordinator_and_for_its_own_alone(cast: Cast, b_day: DayType) -> None:
    foreign_period = factories.PeriodFactory(school=cast.stranger.school)
    testing = DayType.objects.create(school=cast.school, name="Tests", is_testing=True)
    maya, a_day, first = cast.mentor.pk, cast.day_type.pk, cast.periods[0].pk
    foreign_class = SchoolClass.objects.create(school=cast.stranger.school, name="Theirs")
    fine = TimetableLine(maya, b_day.pk, first, False, None)
    before = list(Availability.objects.order_by("pk").values())

    for by in (cast.teacher, cast.mentor, cast.admin):
        with pytest.raises(Refused, match="can't do this"):
            apply_timetable([fine], by=by)
    for line in (
        TimetableLine(cast.stranger.pk, a_day, first, False, None),
        TimetableLine(maya, a_day, foreign_period.pk, False, None),
        TimetableLine(maya, 0, first, False, None),
        TimetableLine(maya, a_day, first, None, foreign_class.pk),
        TimetableLine(cast.teacher.pk, a_day, first, True, None),
        TimetableLine(maya, testing.pk, first, True, None),
    ):
        with pytest.raises(Refused, match="gone since"):
            apply_timetable([fine, line], by=cast.coordinator)

    assert list(Availability.objects.order_by("pk").values()) == before


def test_plan_of_another_school_or_changed_on_the_way_is_refused(cast: Cast, sign_in: SignIn, b_day: DayType) -> None:
    plan = send(sign_in(cast.coordinator), HEAD + "maya,B,1,free\n").context["plan"]
    before = slots_of(cast.mentor)

    for person, sent in ((cast.stranger_coordinator, plan), (cast.coordinator, plan[:-1]), (cast.coordinator, "")):
        response = sign_in(person).post(reverse("timetable_confirm"), {"plan": sent})
        assert response.status_code == 422
        assert "too old, or not of your school" in response.content.decode()
    PeriodTime.objects.all().delete()
    b_day.delete()
    gone = sign_in(cast.coordinator).post(reverse("timetable_confirm"), {"plan": plan})
    assert gone.status_code == 422
    assert "gone since" in gone.content.decode()
    assert slots_of(cast.mentor) == before


def test_import_page_says_what_is_wrong_with_a_file(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.coordinator)
    assert "Timetable from a file" in client.get(reverse("timetable_import")).content.decode()

    response = send(client, "a,b\n1,2\n")

    assert response.status_code == 422
    assert "must name the columns" in response.content.decode()


def test_reading_asks_the_database_as_often_for_many_rows(
    cast: Cast, sign_in: SignIn, b_day: DayType, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(cast.coordinator)
    students = [factories.StudentFactory(school=cast.school) for _number in range(30)]

    for people in (students[:1], students):
        text = HEAD + "".join(f"{person.username},*,1,free\n" for person in people)
        with django_assert_max_num_queries(3 + 12):
            page = send(client, text).content.decode()
        assert f"<dd>{2 * len(people)}</dd>" in page
