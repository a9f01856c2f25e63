"""Staging, picking, confirming and forgetting a roster."""

import datetime as dt
import threading

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from accounts import tasks
from accounts.models import RosterRow, RosterUpload, User
from accounts.permissions import Role
from accounts.roster import read_roster
from accounts.services import Refused
from accounts.services.roster import (
    RosterChanged,
    confirm_roster,
    discard_roster,
    expire_uploads,
    look_again,
    pick_students,
    stage_roster,
)
from tests.cast import NOW, Cast
from tests.factories import SchoolFactory, StudentFactory, TeacherFactory, UserFactory

HEADER = "role,givenName,familyName,email,username,grade,title,language,sourcedId\n"
FILE = f"""{HEADER}teacher,Eva,Lund,eva@example.org,,,Ms,es,t-1
student,Sami,Khoury,,,7,,ar,s-1
student,Nora,Berg,,,8,,,s-2
teacher,Nobody,,,,,,,t-9
parent,Paula,Berg,,,,,,p-1
"""


def stage(text: str, by: User, now: dt.datetime = NOW) -> RosterUpload:
    return stage_roster(read_roster(text.encode()), by=by, now=now)


def confirm(upload: RosterUpload, by: User, *, all_students: bool = False) -> dict[str, int]:
    return confirm_roster(upload, all_students=all_students, by=by, now=NOW)


def fates(upload: RosterUpload) -> list[str]:
    return list(upload.rows.values_list("fate", flat=True))


def test_stage_roster_writes_rows_and_no_person(cast: Cast) -> None:
    before = User.objects.count()

    upload = stage(FILE, cast.coordinator)

    assert fates(upload) == ["new", "new", "new", "refused", "left_out"]
    assert list(upload.rows.values_list("needs_pick", flat=True)) == [False, True, True, False, False]
    refused = upload.rows.get(fate="refused")
    assert (refused.number, refused.column, refused.reason) == (5, "familyName", "name_missing")
    assert User.objects.count() == before


def test_confirm_roster_takes_staff_and_picked_students_only(cast: Cast) -> None:
    upload = stage(FILE, cast.coordinator)
    pick_students(upload, shown=[3, 4], picked=[3], by=cast.coordinator)

    counts = confirm(upload, cast.coordinator)

    eva = User.objects.get(source_id="t-1")
    assert (eva.full_name, eva.username, eva.email) == ("Eva Lund", "eva.lund", "eva@example.org")
    assert (eva.roles, eva.title, eva.language, eva.grade) == (["teacher"], "Ms", "es", "")
    assert not eva.has_usable_password()
    sami = User.objects.get(source_id="s-1")
    assert (sami.username, sami.email, sami.grade, sami.language) == ("sami.khoury", None, "7", "ar")
    assert not User.objects.filter(family_name="Berg").exists()
    assert counts == {
        "new": 2, "changed": 0, "same": 0, "left_out": 2, "refused": 1, "teacher": 1, "student": 1,
    }  # fmt: skip


def test_confirm_roster_deletes_the_staged_rows(cast: Cast) -> None:
    upload = stage(FILE, cast.coordinator)

    confirm(upload, cast.coordinator)

    assert not RosterRow.objects.exists()


def test_confirm_roster_twice_answers_the_same_and_adds_nobody(cast: Cast) -> None:
    upload = stage(FILE, cast.coordinator)
    first = confirm(upload, cast.coordinator, all_students=True)
    count = User.objects.count()

    again = confirm(upload, cast.coordinator, all_students=True)

    assert again == first
    assert User.objects.count() == count


def test_confirm_roster_all_students_takes_each_of_them(cast: Cast) -> None:
    upload = stage(FILE, cast.coordinator)

    counts = confirm(upload, cast.coordinator, all_students=True)

    assert counts["student"] == 2
    assert set(User.objects.filter(source_id__startswith="s-").values_list("given_name", flat=True)) == {"Sami", "Nora"}


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


def test_confirm_roster_that_is_out_of_date_writes_nothing_until_looked_at_again(cast: Cast) -> None:
    upload = stage(FILE, cast.coordinator)
    pick_students(upload, shown=[3], picked=[3], by=cast.coordinator)
    UserFactory(school=SchoolFactory(), email="eva@example.org")
    before = User.objects.count()

    with pytest.raises(RosterChanged):
        confirm(upload, cast.coordinator)
    look_again(upload, by=cast.coordinator)

    assert User.objects.count() == before
    assert fates(upload) == ["refused", "new", "new", "refused", "left_out"]
    assert list(upload.rows.filter(is_picked=True).values_list("number", flat=True)) == [3]
    assert confirm(upload, cast.coordinator)["new"] == 1


@pytest.mark.parametrize("by", ["teacher", "mentor"])
def test_stage_roster_by_others_is_refused(cast: Cast, by: str) -> None:
    with pytest.raises(Refused):
        stage(FILE, getattr(cast, by))

    assert not RosterUpload.objects.exists()


@pytest.mark.parametrize("by", ["teacher", "stranger_coordinator"])
def test_confirm_pick_and_discard_of_a_foreign_upload_are_refused(cast: Cast, by: str) -> None:
    upload = stage(FILE, cast.coordinator)
    other = getattr(cast, by)
    before = User.objects.count()

    for act in (
        lambda: confirm(upload, other, all_students=True),
        lambda: pick_students(upload, shown=[3], picked=[3], by=other),
        lambda: discard_roster(upload, by=other),
    ):
        with pytest.raises(Refused):
            act()

    assert User.objects.count() == before
    assert not upload.rows.filter(is_picked=True).exists()


def test_discard_roster_forgets_it_and_an_imported_one_stays(cast: Cast) -> None:
    upload, imported = stage(FILE, cast.coordinator), stage(FILE, cast.coordinator)
    confirm(imported, cast.coordinator)

    discard_roster(upload, by=cast.coordinator)
    with pytest.raises(Refused):
        discard_roster(imported, by=cast.coordinator)

    assert list(RosterUpload.objects.all()) == [imported]
    assert not RosterRow.objects.exists()


def test_expire_uploads_deletes_those_older_than_a_day(cast: Cast) -> None:
    old = stage(FILE, cast.coordinator, now=NOW - dt.timedelta(hours=24))
    young = stage(FILE, cast.coordinator, now=NOW - dt.timedelta(hours=23, minutes=59))

    count = expire_uploads(now=NOW)

    assert count == 1
    assert set(RosterUpload.objects.all()) == {young}
    assert not RosterRow.objects.filter(upload_id=old.pk).exists()


@time_machine.travel(NOW, tick=False)
def test_expire_daily_forgets_old_uploads(cast: Cast) -> None:
    stage(FILE, cast.coordinator, now=NOW - dt.timedelta(days=2))

    tasks.expire_daily()

    assert not RosterUpload.objects.exists()


def test_import_of_many_rows_takes_few_statements(cast: Cast, django_assert_max_num_queries: object) -> None:
    lines = "".join(f"student,Given{n},Family{n},,,7,,,s-{n}\n" for n in range(2500))

    with django_assert_max_num_queries(12):  # type: ignore[operator]
        upload = stage(HEADER + lines, cast.coordinator)
    with django_assert_max_num_queries(20):  # type: ignore[operator]
        counts = confirm(upload, cast.coordinator, all_students=True)

    assert counts["student"] == 2500


@pytest.mark.django_db(transaction=True)
def test_confirm_roster_by_two_clicks_at_once_adds_people_once() -> None:
    coordinator = UserFactory(roles=[Role.COORDINATOR])
    upload = stage(FILE, coordinator)
    answers: list[dict[str, int]] = []

    def click() -> None:
        try:
            answers.append(confirm(upload, coordinator, all_students=True))
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers[0] == answers[1]
    assert User.objects.filter(source_id__isnull=False).count() == 3


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("accounts_rosterrow_number_once", {"number": 2}),
        ("accounts_rosterrow_reason_or_person", {"fate": "refused"}),
        ("accounts_rosterrow_reason_or_person", {"reason": "parent"}),
        ("accounts_rosterrow_reason_or_person", {"fate": "left_out", "reason": "parent", "given_name": "Ana"}),
        ("accounts_rosterrow_only_students_picked", {"is_picked": True}),
    ],
)
def test_roster_row_constraints_hold(cast: Cast, constraint: str, changes: dict[str, object]) -> None:
    upload = stage(FILE, cast.coordinator)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        RosterRow.objects.create(**{"upload": upload, "number": 99, "fate": "new", **changes})


def test_student_of_the_same_name_in_another_grade_is_somebody_else(cast: Cast) -> None:
    StudentFactory(school=cast.school, given_name="Maria", family_name="Garcia", grade="6", email=None)

    upload = stage(f"{HEADER}student,Maria,Garcia,,,7\n", cast.coordinator)

    assert fates(upload) == ["new"]
