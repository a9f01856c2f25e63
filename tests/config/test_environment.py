from pathlib import Path

import pytest

from config import set_up
from config.environment import flag, listed, read_env_file


@pytest.fixture
def env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DEBUG", "SECRET_KEY", "COLOUR"):
        monkeypatch.setenv(name, "x")  # so that what the test sets is taken back after it
        monkeypatch.delenv(name)
    return tmp_path / ".env"


def test_env_file_gives_values_with_quotes_comments_and_export(env_file: Path) -> None:
    env_file.write_text("# words\nexport COLOUR='dark green'  # more words\nDEBUG=1\n")

    read_env_file(env_file)

    assert (listed("COLOUR"), flag("DEBUG")) == (["dark green"], True)


def test_environment_wins_over_env_file(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env_file.write_text("DEBUG=1\n")
    monkeypatch.setenv("DEBUG", "0")

    read_env_file(env_file)

    assert not flag("DEBUG")


def test_debug_of_env_file_is_not_taken_where_the_secret_comes_from_the_environment(
    env_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    env_file.write_text("DEBUG=1\nCOLOUR=green\n")
    monkeypatch.setenv("SECRET_KEY", "of a server")

    read_env_file(env_file)

    assert not flag("DEBUG")
    assert listed("COLOUR") == ["green"]


def test_set_up_says_debug_only_where_no_server_is_in_sight(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_up, "BASE_DIR", env_file.parent)
    monkeypatch.setenv("SECRET_KEY", "of a server")
    set_up.write_env()
    assert not env_file.exists()
    monkeypatch.delenv("SECRET_KEY")

    set_up.write_env()

    assert "DEBUG=1" in env_file.read_text().splitlines()


def test_set_up_leaves_an_env_file_alone(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_up, "BASE_DIR", env_file.parent)
    env_file.write_text("DEBUG=0\n")

    set_up.write_env()

    assert env_file.read_text() == "DEBUG=0\n"


def test_step_of_set_up_is_done_again_only_when_its_inputs_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(set_up, "BUILD", tmp_path)
    done: list[str] = []

    for inputs in ("one", "one", "two"):
        set_up.once("step", inputs, lambda inputs=inputs: done.append(inputs))

    assert done == ["one", "two"]


def test_interrupted_step_of_set_up_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_up, "BUILD", tmp_path)
    done: list[str] = []
    set_up.once("step", "one", lambda: done.append("one"))

    def fail() -> None:
        raise set_up.SetUpError("no network")

    with pytest.raises(set_up.SetUpError):
        set_up.once("step", "two", fail)
    set_up.once("step", "one", lambda: done.append("one again"))

    assert done == ["one", "one again"]
