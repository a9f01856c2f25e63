"""Answers stand apart from persons, in the tables themselves."""

import datetime as dt
import io

import pytest
from django.db import IntegrityError, connection, models, transaction

from surveys.models import Instrument, InstrumentVersion, Item, Receipt, Response, Scale, Study, Wave
from surveys.services import send_response
from tests.cast import NOW, TODAY
from tests.surveys.conftest import DAY, OPEN, PRE, answers_to, consenting


def test_response_has_exactly_these_columns():
    assert [field.name for field in Response._meta.concrete_fields] == [
        "id",
        "wave",
        "instrument_version",
        "pseudonym",
        "role",
        "arm",
        "answers",
        "dose_band",
    ]


def test_receipt_has_a_day_and_no_time():
    assert [field.name for field in Receipt._meta.concrete_fields] == ["id", "wave", "person", "day"]
    assert type(Receipt._meta.get_field("day")) is models.DateField


@pytest.mark.parametrize("model", [Response, Receipt])
def test_ids_are_random(model):
    assert isinstance(model._meta.pk, models.UUIDField)


def test_no_foreign_key_leads_from_response_to_a_person():
    """Neither the row itself nor what it points to points to a person or a receipt."""
    direct = [field.related_model for field in Response._meta.concrete_fields if field.is_relation]
    beyond = [field.related_model for model in direct for field in model._meta.concrete_fields if field.is_relation]

    assert direct == [Wave, InstrumentVersion]
    assert set(beyond) == {Study, InstrumentVersion, Instrument}
    assert not Response._meta.related_objects


def test_dump_of_the_responses_names_nobody(cast, wave):
    for person in (cast.teacher, cast.other_teacher):
        send_response(wave, consenting(person), answers_to(wave, 3), now=OPEN)

    dump = dump_of("surveys_response")

    assert dump.count("\n") == 2
    for person in (cast.teacher, cast.other_teacher):
        words = {person.username, person.given_name, person.family_name, person.email, str(person.random_id)}
        words |= {person.random_id.hex, str(OPEN.date()), str(TODAY), cast.school.name, cast.program.name}
        assert not [word for word in words if word.lower() in dump.lower()]
    numbers = {cell for line in dump.splitlines() for cell in line.split("\t") if cell.isdigit()}
    assert numbers == {str(wave.pk), str(wave.instrument_version_id)}


def dump_of(table):
    """The table as pg_dump would write it."""
    file = io.StringIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} TO STDOUT", file)
    return file.getvalue()


# Constraints: each is tried to be broken.


@pytest.fixture
def response(cast, wave):
    """One set of answers."""
    send_response(wave, consenting(cast.teacher), answers_to(wave), now=OPEN)
    return Response.objects.get()


def test_response_once_a_wave_and_pseudonym(response):
    response.pk = None

    with pytest.raises(IntegrityError, match="surveys_response_once"):
        response.save(force_insert=True)


@pytest.mark.parametrize("name", ["Ana Ortiz", "", "A" * 64, "0" * 63])
def test_response_pseudonym_is_a_hash(response, name):
    with pytest.raises(IntegrityError, match="surveys_response_pseudonym_is_hash"):
        Response.objects.update(pseudonym=name)


def test_receipt_once_a_wave_and_person(cast, response):
    with pytest.raises(IntegrityError, match="surveys_receipt_once"):
        Receipt.objects.create(wave=response.wave, person=cast.teacher, day=TODAY)


def test_study_title_once_a_school(cast, study):
    with pytest.raises(IntegrityError, match="surveys_study_title_once"):
        Study.objects.create(school=cast.school, title=study.title, created_at=NOW)


def test_wave_kind_once_a_study_and_audience(wave):
    wave.pk = None

    with pytest.raises(IntegrityError, match="surveys_wave_kind_once"):
        wave.save()


def test_wave_closes_after_opening(wave):
    with pytest.raises(IntegrityError, match="surveys_wave_closes_after_opening"):
        Wave.objects.filter(pk=wave.pk).update(closes_at=PRE[0])


COUNTS = {"asked_count": 1, "done_count": 1, "message_count": 1, "response_count": 1, "left_out_count": 0}


@pytest.mark.parametrize(
    "change",
    [
        {"closed_at": PRE[1]},
        {"done_count": 3},
        {**COUNTS, "closed_at": PRE[1] - dt.timedelta(seconds=1)},
        *({**COUNTS, "closed_at": PRE[1], count: None} for count in COUNTS),
    ],
)
def test_wave_closed_has_counts(wave, change):
    with pytest.raises(IntegrityError, match="surveys_wave_closed_has_counts"), transaction.atomic():
        Wave.objects.filter(pk=wave.pk).update(**change)
    Wave.objects.filter(pk=wave.pk).update(**COUNTS, closed_at=PRE[1])


def test_instrument_code_once_a_school(wave):
    instrument = wave.instrument_version.instrument

    with pytest.raises(IntegrityError, match="surveys_instrument_code_once"):
        Instrument.objects.create(school=instrument.school, code=instrument.code)


def test_instrument_version_number_once(wave):
    version = wave.instrument_version
    version.pk = None

    with pytest.raises(IntegrityError, match="surveys_version_number_once"):
        InstrumentVersion.save(version, force_insert=True)


def test_scale_code_once_a_version(wave):
    with pytest.raises(IntegrityError, match="surveys_scale_code_once"):
        Scale.objects.create(version=wave.instrument_version, code="confidence", position=9, titles={"en": "x"})


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"position": 99}, "surveys_item_code_once"),
        ({"code": "new"}, "surveys_item_position_once"),
        ({"code": "new", "position": 99, "scale": None}, "surveys_item_open_without_scale"),
        ({"code": "new", "position": 99, "kind": "open"}, "surveys_item_open_without_scale"),
    ],
)
def test_item_constraints(wave, change, name):
    item = wave.instrument_version.items.get(code="confidence_1")
    item.pk = None
    for field, value in change.items():
        setattr(item, field, value)

    with pytest.raises(IntegrityError, match=name):
        Item.save(item, force_insert=True)


def test_wave_is_open_from_its_first_instant_until_its_last(wave):
    assert not wave.is_open(PRE[0] - DAY)
    assert wave.is_open(PRE[0])
    assert wave.is_open(PRE[1] - dt.timedelta(microseconds=1))
    assert not wave.is_open(PRE[1])
    assert list(Wave.objects.open_at(PRE[0])) == [wave]
    assert not Wave.objects.open_at(PRE[1]).exists()
