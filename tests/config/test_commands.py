import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def offset_file(tmp_path: Path, settings: Any) -> Path:
    settings.DEBUG = True
    settings.CLOCK_OFFSET_FILE = tmp_path / "clock_offset"
    return tmp_path / "clock_offset"


def test_clock_moves_by_a_step_and_back(offset_file: Path) -> None:
    call_command("move_clock", "+1d", verbosity=0)
    call_command("move_clock", "+2h", verbosity=0)
    assert clock.offset() == pytest.approx(dt.timedelta(days=1, hours=2), abs=dt.timedelta(seconds=5))

    call_command("move_clock", "back", verbosity=0)

    assert clock.offset() == dt.timedelta()


def test_clock_moves_to_a_moment_on_the_schools_wall(offset_file: Path, cast: object) -> None:
    from accounts.models import School

    school = School.objects.order_by("pk").first()
    assert school is not None

    call_command("move_clock", "2027-03-04 10:00", verbosity=0)

    assert clock.now().astimezone(school.zone).strftime("%Y-%m-%d %H:%M") == "2027-03-04 10:00"


def test_clock_refuses_what_it_does_not_understand(offset_file: Path) -> None:
    with pytest.raises(CommandError, match="tomorrow"):
        call_command("move_clock", "tomorrow")

    assert not offset_file.exists()


def test_clock_does_not_move_with_debug_off(offset_file: Path, settings: Any) -> None:
    settings.DEBUG = False

    with pytest.raises(CommandError, match="DEBUG"):
        call_command("move_clock", "+1d")

    assert not offset_file.exists()
