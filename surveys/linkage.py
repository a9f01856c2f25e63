"""The one way from a person to her pseudonym: a keyed hash. The key is a file outside the database.

Source: privacy.md "Surveys are pseudonymous". Nothing here writes a log line, and nothing maps a pseudonym back.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from accounts.models import User
from surveys.models import Study

KEY_BYTES = 32


class StudyKeyMissing(Exception):
    """The key file of a study is not there or not whole. Without it nothing is linked, and none is made up."""


def create_key(study: Study) -> None:
    """Write the study's random key, readable by this process alone.

    The folder must exist already: made here, it could lie on a disk that is thrown away with the process. Raises
    StudyKeyMissing without the folder, FileExistsError where the study has a key: a key is never replaced.
    """
    path = _path(study)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileNotFoundError as error:
        raise StudyKeyMissing(f"the folder for study keys does not exist: {path.parent}") from error
    with open(handle, "wb") as file:
        file.write(os.urandom(KEY_BYTES))
        file.flush()
        os.fsync(handle)


def pseudonym(study: Study, person: User) -> str:
    """64 hex digits: HMAC-SHA256 (RFC 2104, FIPS 180-4) of the person's random id under the study's key.

    The same for one person in all waves of one study, and without the key not to be told from chance or matched with
    another study's. Raises StudyKeyMissing.
    """
    return pseudonyms(study)(person)


def pseudonyms(study: Study) -> Callable[[User], str]:
    """The same for many people of one study: the key is read once. Raises StudyKeyMissing."""
    key = _read_key(study)
    return lambda person: hmac.new(key, person.random_id.bytes, hashlib.sha256).hexdigest()


def _path(study: Study) -> Path:
    return Path(settings.STUDY_KEY_DIR) / f"{study.key_name}.key"


def _read_key(study: Study) -> bytes:
    try:
        key = _path(study).read_bytes()
    except OSError as error:
        raise StudyKeyMissing(f"the key of study {study.pk} can't be read: {type(error).__name__}") from error
    if len(key) != KEY_BYTES:
        raise StudyKeyMissing(f"the key of study {study.pk} is not whole")
    return key
