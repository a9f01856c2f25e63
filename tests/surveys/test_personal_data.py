"""Answers of an erased person: deleted where the study's key finds them, told where it does not."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import User
from config.personal_data import erase, preview_erasure
from surveys.linkage import pseudonym
from surveys.models import Receipt, Response, Study, Wave
from surveys.personal_data import collect
from surveys.services import create_study
from tests import factories
from tests.cast import NOW, TODAY, Cast


@pytest.fixture
def study(cast: Cast) -> Study:
    return create_study(
        school=cast.school, title="This term", programs=[cast.program], by=cast.coordinator, now=NOW,
        pre=(NOW - dt.timedelta(days=1), NOW + dt.timedelta(days=7)),
        post=(NOW + dt.timedelta(days=60), NOW + dt.timedelta(days=70)),
    )  # fmt: skip


def answer(study: Study, person: User) -> Response:
    """One stored answer of this person, with its receipt."""
    wave = study.waves.order_by("opens_at")[0]
    Receipt.objects.create(wave=wave, person=person, day=TODAY)
    return Response.objects.create(
        wave=wave, instrument_version=wave.instrument_version, pseudonym=pseudonym(study, person), role="teacher",
        arm="reverse", answers={"free": "Ana said so"},
    )  # fmt: skip


def key_of(study: Study) -> Path:
    return Path(settings.STUDY_KEY_DIR) / f"{study.key_name}.key"


def test_answers_of_unsealed_studies_go_at_once_and_numbers_stay(cast: Cast, study: Study) -> None:
    answer(study, cast.teacher)
    others = answer(study, cast.other_teacher)
    wave = study.waves.order_by("opens_at")[0]
    counts = {"asked_count": 2, "done_count": 2, "message_count": 2, "response_count": 2, "left_out_count": 0}
    Wave.objects.filter(pk=wave.pk).update(closed_at=wave.closes_at, **counts)
    preview = preview_erasure(cast.teacher, by=cast.coordinator)

    erase(cast.teacher, by=cast.coordinator, now=NOW)

    assert [fate.count for fate in preview.fates if "not sealed" in fate.label] == [1]
    assert [fate.stays for fate in preview.fates if "done with a survey" in fate.label] == [True]
    assert list(Response.objects.all()) == [others]
    assert Receipt.objects.filter(person=cast.teacher).count() == 1
    assert Wave.objects.filter(pk=wave.pk).values(*counts).get() == counts


def test_answers_of_a_sealed_study_stay_and_nothing_leads_to_them_any_more(cast: Cast, study: Study) -> None:
    answer(study, cast.teacher)
    Study.objects.update(sealed_at=NOW)
    before = cast.teacher.random_id

    person = erase(cast.teacher, by=cast.coordinator, now=NOW)

    assert Response.objects.count() == 1
    assert person.random_id != before
    assert User.objects.get(pk=person.pk).random_id == person.random_id


def test_missing_key_is_told_and_the_answers_can_still_be_found_when_it_is_back(cast: Cast, study: Study) -> None:
    answer(study, cast.teacher)
    other = create_study(
        school=cast.school, title="Another", programs=[cast.program], by=cast.coordinator, now=NOW,
        pre=(NOW - dt.timedelta(days=1), NOW + dt.timedelta(days=7)),
        post=(NOW + dt.timedelta(days=60), NOW + dt.timedelta(days=70)),
    )  # fmt: skip
    answer(other, cast.teacher)
    before = cast.teacher.random_id
    key_of(study).rename(key_of(study).with_suffix(".away"))
    preview = preview_erasure(cast.teacher, by=cast.coordinator)

    person = erase(cast.teacher, by=cast.coordinator, now=NOW)

    assert any("This term" in sentence and "key is missing" in sentence for sentence in preview.not_found)
    assert [response.wave.study for response in Response.objects.all()] == [study]
    assert person.random_id == before


def test_study_that_never_asked_the_person_is_left_alone(cast: Cast, study: Study) -> None:
    outsider = factories.TeacherFactory(school=cast.school)
    key_of(study).rename(key_of(study).with_suffix(".away"))

    preview = preview_erasure(outsider, by=cast.coordinator)

    assert not any("key is missing" in sentence for sentence in preview.not_found)


def test_download_tells_that_one_is_done_and_no_answer(cast: Cast, study: Study) -> None:
    answer(study, cast.teacher)

    held = collect(cast.teacher)

    assert [(kind.key, kind.rows) for kind in held] == [("surveys_done", [{"survey": "PRE", "day": TODAY.isoformat()}])]
    assert collect(cast.other_teacher) == []
