"""What leaves: only closed waves, only groups that are large enough, parsed back equal."""

import csv
import io
from collections.abc import Callable

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.permissions import Role
from surveys.linkage import pseudonym
from surveys.models import Item, Response
from surveys.reports import export
from surveys.services import close_wave, rewrite_responses, send_response
from tests.surveys.conftest import OPEN, OVER, POST, answers_to

pytestmark = pytest.mark.django_db


def table(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file, as a spreadsheet reads them."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def download(study) -> list[dict[str, str]]:
    """The file of a study."""
    return table(b"".join(export.rows_as_csv(study)))


@pytest.fixture
def answered(wave, more_teachers) -> Callable[..., list[User]]:
    """So many teachers answered the wave before, and it was closed."""

    def make(count: int, **kwargs) -> list[User]:
        people = more_teachers(count, **kwargs)
        for number, person in enumerate(people):
            send_response(wave, person, answers_to(wave, 1 + number % 5) | {"confidence_2": None}, now=OPEN)
        return people

    return make


def test_export_is_parsed_back_equal(wave, answered):
    people = answered(11)
    close_wave(wave, now=OVER)

    rows = download(wave.study)

    items = list(wave.instrument_version.items.filter(kind=Item.Kind.LIKERT))
    assert list(rows[0]) == ["pseudonym", "wave", "role", "arm", *(item.code for item in items)]
    expected = {
        row.pseudonym: {
            "pseudonym": row.pseudonym,
            "wave": "PRE",
            "role": "teacher",
            "arm": "reverse",
            **{item.code: "" if row.answers[item.code] is None else str(row.answers[item.code]) for item in items},
        }
        for row in Response.objects.all()
    }
    assert {row["pseudonym"]: row for row in rows} == expected
    assert {row["pseudonym"] for row in rows} == {pseudonym(wave.study, person) for person in people}


def test_export_is_ordered_by_pseudonym_and_the_same_after_mixing(wave, answered):
    answered(12)
    close_wave(wave, now=OVER)
    first = download(wave.study)

    Response.objects.filter(pk=Response.objects.first().pk).update(dose_band="")  # moves a row in storage
    rewrite_responses(now=OVER)

    assert [row["pseudonym"] for row in first] == sorted(row["pseudonym"] for row in first)
    assert download(wave.study) == first


def test_export_links_one_person_over_two_waves(wave, answered):
    people = answered(10)
    close_wave(wave, now=OVER)
    after = wave.study.waves.get(kind="POST")
    for person in people:
        send_response(after, person, answers_to(after, 5), now=POST[0])
    close_wave(after, now=POST[1])

    rows = download(wave.study)

    assert [row["wave"] for row in rows] == ["PRE", "POST"] * 10
    assert [row["pseudonym"] for row in rows[::2]] == [row["pseudonym"] for row in rows[1::2]]


def test_export_leaves_out_the_open_questions(wave, answered):
    answered(10)
    close_wave(wave, now=OVER)

    content = b"".join(export.rows_as_csv(wave.study)).decode()

    assert Response.objects.filter(answers__open_helped__icontains="Captions").count() == 10
    assert "Captions" not in content
    assert "open_" not in content


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", '=HYPERLINK("x","y"),"'])
def test_export_neutralizes_formulas(wave, answered, start):
    answered(10)
    close_wave(wave, now=OVER)
    row = Response.objects.first()
    row.answers["confidence_1"] = start
    row.save()

    cells = {row["pseudonym"]: row["confidence_1"] for row in download(wave.study)}

    assert cells[row.pseudonym] == f"'{start}"


def test_export_keeps_accents_commas_and_quotes(wave, answered):
    answered(10)
    close_wave(wave, now=OVER)
    row = Response.objects.first()
    row.answers["confidence_1"] = 'señora, "así"\nالثقة'
    row.save()

    cells = {row["pseudonym"]: row["confidence_1"] for row in download(wave.study)}

    assert cells[row.pseudonym] == 'señora, "así"\nالثقة'


@pytest.mark.parametrize(("count", "given"), [(9, 0), (10, 10)])
def test_export_gives_a_group_of_the_smallest_size_and_refuses_one_below(wave, answered, count, given):
    answered(count)
    close_wave(wave, now=OVER)

    contents = export.contents(wave.study)

    assert contents.row_count == len(download(wave.study)) == given
    assert bool(contents.refusal) is (given == 0)


def test_export_holds_back_only_the_small_group(wave, answered):
    answered(10)
    few = answered(9, arm="comparison")
    close_wave(wave, now=OVER)

    contents, rows = export.contents(wave.study), download(wave.study)

    assert [(group.arm, group.count) for group in contents.small_groups] == [("comparison", 9)]
    assert contents.refusal == ""
    assert len(rows) == 10
    assert not {pseudonym(wave.study, person) for person in few} & {row["pseudonym"] for row in rows}


def test_export_follows_the_schools_own_size(cast, wave, answered):
    cast.school.minimum_group_size = 5
    cast.school.save()
    answered(5)
    close_wave(wave, now=OVER)
    wave.study.school.refresh_from_db()

    assert len(download(wave.study)) == 5


def test_export_has_no_row_of_a_wave_that_is_not_closed_up(wave, answered):
    answered(10)

    assert download(wave.study) == []
    assert "no survey of this study is closed" in export.contents(wave.study).refusal


def test_export_ends_its_copy_when_the_reader_goes_away(wave, answered, monkeypatch):
    monkeypatch.setattr(export, "CHUNK_BYTES", 1)
    answered(12)
    close_wave(wave, now=OVER)
    file = export.rows_as_csv(wave.study)

    assert next(file) == export.UTF8_MARK
    assert next(file).startswith(b"pseudonym,")
    file.close()


def test_codebook_explains_each_column_in_every_language(wave, answered):
    answered(10)
    close_wave(wave, now=OVER)

    lines = {line["column"]: line for line in table(export.codebook_as_csv(wave.study).encode())}

    assert list(lines) == list(download(wave.study)[0])
    line = lines["confidence_3"]
    assert (line["scale"], line["reversed"]) == ("confidence", "yes")
    assert "nerviosa" in line["text_es"]
    assert "أشعر بالتوتر" in line["text_ar"]
    assert line["values"] == "1 = not true for me; 5 = very true for me; empty = rather not say"
    assert lines["confidence_1"]["reversed"] == "no"


def test_codebook_neutralizes_formulas(wave, answered):
    answered(10)
    close_wave(wave, now=OVER)
    Item.objects.filter(code="confidence_1").update(texts={"en": "=1+1", "es": "-1", "ar": "x"})

    lines = {line["column"]: line for line in table(export.codebook_as_csv(wave.study).encode())}

    assert (lines["confidence_1"]["text_en"], lines["confidence_1"]["text_es"]) == ("'=1+1", "'-1")


def test_study_export_csv_streams_the_file(cast, wave, answered, sign_in):
    answered(10)
    close_wave(wave, now=OVER)

    response = sign_in(cast.admin).get(reverse("study_export_csv", args=[wave.study_id]))

    assert response.status_code == 200
    assert response.streaming
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="flipside-study-{wave.study_id}.csv"'
    assert len(table(response.getvalue())) == 10


def test_study_export_csv_below_the_smallest_group_says_why_and_gives_no_row(cast, wave, answered, sign_in):
    people = answered(9)
    close_wave(wave, now=OVER)
    client = sign_in(cast.admin)

    page = client.get(reverse("study_export", args=[wave.study_id]))
    response = client.get(reverse("study_export_csv", args=[wave.study_id]))

    reason = "every group has fewer than 10 answers"
    assert page.status_code == 200
    assert reason in page.content.decode()
    assert "answers.csv" not in page.content.decode()
    assert "The 2 open questions" in page.content.decode()
    assert response.status_code == 409
    assert reason in response.content.decode()
    assert not [person for person in people if pseudonym(wave.study, person) in response.content.decode()]


def test_study_export_csv_before_closing_says_why(cast, wave, answered, sign_in):
    answered(10)

    response = sign_in(cast.admin).get(reverse("study_export_csv", args=[wave.study_id]))

    assert response.status_code == 409
    assert "no survey of this study is closed" in response.content.decode()


def test_study_export_says_what_is_in_it_and_what_is_held_back(cast, wave, answered, sign_in):
    answered(10)
    answered(3, arm="comparison")
    close_wave(wave, now=OVER)

    page = sign_in(cast.admin).get(reverse("study_export", args=[wave.study_id])).content.decode()

    assert "10 rows" in page
    assert "Before, Teacher, comparison: fewer than 10 answers." in page
    assert "The 2 open questions" in page
    assert "After: not closed." in page
    assert "0 sets of answers were deleted" in page
    assert "not pseudonymous to you" not in page


def test_study_export_tells_a_coordinator_that_the_file_is_not_pseudonymous_to_her(cast, wave, sign_in):
    cast.admin.roles = [Role.ADMIN, Role.COORDINATOR]
    cast.admin.save()

    page = sign_in(cast.admin).get(reverse("study_export", args=[wave.study_id])).content.decode()

    assert "not pseudonymous to you" in page


def test_study_codebook_csv_is_a_file(cast, wave, answered, sign_in):
    answered(10)
    close_wave(wave, now=OVER)

    response = sign_in(cast.admin).get(reverse("study_codebook_csv", args=[wave.study_id]))

    assert response["Content-Disposition"] == f'attachment; filename="flipside-study-{wave.study_id}-codebook.csv"'
    assert len(table(response.content)) == 16


@pytest.mark.parametrize("page", ["study_export", "study_export_csv", "study_codebook_csv"])
def test_exports_are_for_the_admin_of_the_school_alone(cast, wave, answered, sign_in, page, client):
    answered(10)
    close_wave(wave, now=OVER)
    url = reverse(page, args=[wave.study_id])
    cast.stranger.roles = [Role.ADMIN, Role.COORDINATOR, Role.TEACHER]
    cast.stranger.save()

    for person, status in ((cast.coordinator, 403), (cast.teacher, 403), (cast.mentor, 403), (cast.stranger, 404)):
        response = sign_in(person).get(url)
        assert response.status_code == status
        assert b"confidence_1" not in response.content
    assert client.get(url).status_code == 302
    assert sign_in(cast.admin).post(url).status_code == 405
