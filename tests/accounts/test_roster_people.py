"""Whom a roster makes, finds again or changes, and whom it never does."""

import pytest

from accounts.models import User
from accounts.permissions import Role
from tests.accounts.rosters import FILE, HEADER, confirm, fates, stage
from tests.cast import Cast
from tests.factories import SchoolFactory, StudentFactory, TeacherFactory, UserFactory


@pytest.mark.parametrize(
    "leave_out", [(), ("sourcedId",), ("sourcedId", "username"), ("sourcedId", "username", "email")]
)
def test_import_again_changes_nothing(cast: Cast, leave_out: tuple[str, ...]) -> None:
    # Whatever a file has to tell people apart: two of one name, one name that is taken in another school.
    UserFactory(username="eva.lund", school=SchoolFactory())
    rows = [
        ("teacher", "Eva", "Lund", "eva.lund", "eva@example.org", "", "t-1"),
        ("student", "Maria", "Garcia", "maria.garcia", "", "7", "s-1"),
        ("student", "Maria", "Garcia", "maria.garcia2", "", "8", "s-2"),
    ]
    names = ["role", "givenName", "familyName", "username", "email", "grade", "sourcedId"]
    kept = [index for index, name in enumerate(names) if name not in leave_out]
    text = "\n".join(",".join(line[index] for index in kept) for line in [names, *rows])
    confirm(stage(text, cast.coordinator), cast.coordinator, all_students=True)
    before = list(User.objects.order_by("pk").values())

    upload = stage(text, cast.coordinator)
    staged = fates(upload)
    confirm(upload, cast.coordinator, all_students=True)

    assert staged == ["same", "same", "same"]
    assert list(User.objects.order_by("pk").values()) == before


def test_import_with_changes_says_what_and_keeps_what_the_file_does_not_say(cast: Cast) -> None:
    confirm(stage(FILE, cast.coordinator), cast.coordinator)
    User.objects.filter(source_id="t-1").update(language="en", password="kept")

    upload = stage(f"{HEADER}teacher,Eva,Lund-Berg,,,,,ar,t-1\n", cast.coordinator)
    row = upload.rows.get()
    confirm(upload, cast.coordinator)

    eva = User.objects.get(source_id="t-1")
    assert (row.fate, row.changes, row.change_labels) == ("changed", ["family_name"], ["last name"])
    assert (eva.family_name, eva.email, eva.title) == ("Lund-Berg", "eva@example.org", "Ms")
    assert (eva.language, eva.password, eva.username) == ("en", "kept", "eva.lund")


def test_import_merges_roles_into_the_set(cast: Cast) -> None:
    upload = stage(f"{HEADER}teacher,June,Lane,,lane\n", cast.admin)

    confirm(upload, cast.admin)

    cast.coordinator.refresh_from_db()
    assert set(cast.coordinator.roles) == {"coordinator", "teacher"}


@pytest.mark.parametrize("hat", ["coordinator", "admin"])
def test_import_never_changes_name_or_address_of_those_who_run_the_school(cast: Cast, hat: str) -> None:
    person = getattr(cast, hat)
    mail = person.email

    confirm(
        stage(f"{HEADER}teacher,Evil,Twin,evil@example.org,{person.username}\n", cast.coordinator), cast.coordinator
    )

    person.refresh_from_db()
    assert (person.email, person.family_name != "Twin") == (mail, True)


@pytest.mark.parametrize("role", ["coordinator", "admin", "administrator", "principal"])
def test_import_never_gives_an_office(cast: Cast, role: str) -> None:
    upload = stage(f"{HEADER}{role},Eva,Lund\n{role},Ana,Ortiz,,ortiz\n", cast.admin)

    counts = confirm(upload, cast.admin, all_students=True)

    assert (counts["new"], counts["changed"], counts["left_out"]) == (0, 0, 2)
    assert User.objects.with_role(Role.ADMIN).count() == 1
    assert set(User.objects.with_role(Role.COORDINATOR)) == {cast.coordinator, cast.stranger_coordinator}


@pytest.mark.parametrize("owner", ["stranger", "other_teacher"])
def test_import_with_a_taken_address_is_refused_without_saying_by_whom(cast: Cast, owner: str) -> None:
    mail = getattr(cast, owner).email.upper()

    upload = stage(f"{HEADER}teacher,Eva,Lund,{mail},,,,,t-1\nteacher,Ana,Ortiz,{mail},ortiz\n", cast.coordinator)
    if owner == "other_teacher":  # the owner is matched by her address, unless another row says it is somebody else
        User.objects.filter(email__iexact=mail).update(source_id="t-7")
        upload = stage(f"{HEADER}teacher,Eva,Lund,{mail},,,,,t-1\n", cast.coordinator)

    row = upload.rows.order_by("number").first()
    assert row is not None
    assert (row.fate, row.column, row.reason_label) == ("refused", "email", "This can't be used.")
    assert (row.email, row.given_name) == ("", "")


def test_import_numbers_a_taken_user_name(cast: Cast) -> None:
    UserFactory(username="Eva.Lund", school=SchoolFactory())
    UserFactory(username="eva.lund2", school=SchoolFactory())
    text = f"{HEADER}teacher,Eva,Lund,,,,,,t-1\nteacher,Eva,Lund,,,,,,t-2\nteacher,Other,Name,,eva.lund3,,,,t-3\n"

    confirm(stage(text, cast.coordinator), cast.coordinator)

    names = dict(User.objects.exclude(source_id=None).values_list("source_id", "username"))
    assert names == {"t-1": "eva.lund4", "t-2": "eva.lund5", "t-3": "eva.lund3"}


def test_import_keeps_formulas_as_plain_text(cast: Cast) -> None:
    formula = '=HYPERLINK("http://example.org")'
    text = f'{HEADER}teacher,"{formula.replace(chr(34), chr(34) * 2)}",@SUM(A1)\n'

    confirm(stage(text, cast.coordinator), cast.coordinator)

    person = User.objects.get(family_name="@SUM(A1)")
    assert person.given_name == formula


def test_import_leaves_out_who_has_left_the_school(cast: Cast) -> None:
    TeacherFactory(school=cast.school, username="gone", is_active=False)

    upload = stage(f"{HEADER}teacher,Gone,Person,,gone\n", cast.coordinator)

    assert fates(upload) == ["left_out"]


def test_known_student_needs_no_pick_and_a_teacher_who_would_become_a_student_does(cast: Cast) -> None:
    upload = stage(f"{HEADER}student,Maya,Rahman,,maya,8\nstudent,Ana,Ortiz,,ortiz\n", cast.coordinator)

    assert list(upload.rows.values_list("fate", "needs_pick")) == [("changed", False), ("changed", True)]
    confirm(upload, cast.coordinator)
    cast.mentor.refresh_from_db()
    cast.teacher.refresh_from_db()
    assert (cast.mentor.grade, cast.teacher.roles) == ("8", ["teacher"])


def test_two_rows_for_one_person_of_the_school_are_told(cast: Cast) -> None:
    text = f"{HEADER}teacher,Ana,Ortiz,,ortiz\nteacher,Ana,Ortiz,{cast.teacher.email}\n"

    upload = stage(text, cast.coordinator)

    assert list(upload.rows.values_list("fate", "earlier_row")) == [("same", None), ("refused", 2)]


def test_import_of_many_rows_takes_few_statements(cast: Cast, django_assert_max_num_queries: object) -> None:
    lines = "".join(f"student,Given{n},Family{n},,,7,,,s-{n}\n" for n in range(2500))

    with django_assert_max_num_queries(12):  # type: ignore[operator]
        upload = stage(HEADER + lines, cast.coordinator)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        counts = confirm(upload, cast.coordinator, all_students=True)

    assert counts["student"] == 2500


def test_student_of_the_same_name_in_another_grade_is_somebody_else(cast: Cast) -> None:
    StudentFactory(school=cast.school, given_name="Maria", family_name="Garcia", grade="6", email=None)

    upload = stage(f"{HEADER}student,Maria,Garcia,,,7\n", cast.coordinator)

    assert fates(upload) == ["new"]
