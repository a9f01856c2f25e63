"""A study of the cast's program, with its key in a folder of the test's own."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.models import User
from mentorship.models import Participant
from surveys import services
from surveys.models import Study, Wave
from tests import factories
from tests.cast import NOW, Cast

DAY = dt.timedelta(days=1)
PRE = (NOW + DAY, NOW + 8 * DAY)
POST = (NOW + 60 * DAY, NOW + 67 * DAY)
OPEN = PRE[0] + DAY
OVER = PRE[1] + DAY


@pytest.fixture(autouse=True)
def key_folder(tmp_path: Path, settings) -> Path:
    """Where this test's study keys are."""
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    settings.STUDY_KEY_DIR = folder
    return folder


@pytest.fixture
def study(cast: Cast) -> Study:
    """A study of the cast's two teachers, made before its first wave opens."""
    return services.create_study(
        school=cast.school, title="Autumn", programs=[cast.program], pre=PRE, post=POST, by=cast.coordinator, now=NOW
    )


@pytest.fixture
def wave(study: Study) -> Wave:
    """The wave before."""
    return study.waves.get(kind="PRE")


def answers_to(
    wave: Wave, point: int = 4, words: str = "Captions, for my seventh grade"
) -> dict[str, int | str | None]:
    """A whole set of answers."""
    return {item.code: point if item.kind == "likert" else words for item in wave.instrument_version.items.all()}


def consenting(person: User) -> User:
    """The person, having agreed to surveys and to research use."""
    factories.agree_to_surveys(person)
    return person


@pytest.fixture
def more_teachers(cast: Cast) -> Callable[..., list[User]]:
    """Further teachers in the program who agreed to research use."""

    def make(count: int, arm: str = Participant.Arm.REVERSE) -> list[User]:
        people = [factories.TeacherFactory(school=cast.school) for _ in range(count)]
        for person in people:
            factories.ParticipantFactory(program=cast.program, person=person, role="teacher", arm=arm)
            consenting(person)
        return people

    return make
