"""Pseudonyms: the same in one study, unlinkable between two, never from a made-up key."""

import hashlib
import hmac
import tempfile
import uuid

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from surveys.linkage import StudyKeyMissing, create_key, pseudonym, pseudonyms
from surveys.models import Study

people = st.builds(User, random_id=st.uuids(version=4))


@pytest.fixture(scope="module")
def two_studies():
    """Two studies with keys, in a folder of this module; no database is needed."""
    with tempfile.TemporaryDirectory() as folder, override_settings(STUDY_KEY_DIR=folder):
        studies = [Study(pk=number, key_name=uuid.uuid4()) for number in (1, 2)]
        for study in studies:
            create_key(study)
        yield folder, *studies


@given(person=people, other=people)
def test_pseudonym_is_one_a_person_and_study(two_studies, person, other):
    folder, study, other_study = two_studies
    with override_settings(STUDY_KEY_DIR=folder):
        name = pseudonym(study, person)

        assert name == pseudonym(study, User(random_id=person.random_id)) == pseudonyms(study)(person)
        assert name != pseudonym(other_study, person)
        assert (name == pseudonym(study, other)) == (person.random_id == other.random_id)


@given(person=people)
def test_pseudonym_shows_nothing_of_the_person_and_is_no_plain_hash(two_studies, person):
    folder, study, _other_study = two_studies
    with override_settings(STUDY_KEY_DIR=folder):
        name = pseudonym(study, person)

        assert len(name) == 64
        assert set(name) <= set("0123456789abcdef")
        assert person.random_id.hex not in name
        for message in (person.random_id.bytes, str(person.random_id).encode(), person.random_id.hex.encode()):
            assert name != hashlib.sha256(message).hexdigest()
            assert name != hmac.new(study.key_name.bytes, message, hashlib.sha256).hexdigest()


def test_create_key_never_replaces_a_key(key_folder):
    study = Study(pk=1, key_name=uuid.uuid4())
    create_key(study)
    before = (key_folder / f"{study.key_name}.key").read_bytes()

    with pytest.raises(FileExistsError):
        create_key(study)

    assert (key_folder / f"{study.key_name}.key").read_bytes() == before


def test_create_key_makes_no_folder(key_folder):
    key_folder.rmdir()

    with pytest.raises(StudyKeyMissing, match="folder"):
        create_key(Study(pk=1, key_name=uuid.uuid4()))

    assert not key_folder.exists()


def test_pseudonym_without_a_key_fails_and_makes_none(key_folder):
    with pytest.raises(StudyKeyMissing, match="study 7"):
        pseudonym(Study(pk=7, key_name=uuid.uuid4()), User())

    assert not list(key_folder.iterdir())


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 33])
def test_pseudonym_with_half_a_key_fails(key_folder, content):
    study = Study(pk=7, key_name=uuid.uuid4())
    (key_folder / f"{study.key_name}.key").write_bytes(content)

    with pytest.raises(StudyKeyMissing, match="not whole"):
        pseudonym(study, User())
