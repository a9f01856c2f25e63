"""What `make run` starts, and that nothing of it stays. It runs in a data folder of its own beside any other."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from config.environment import BASE_DIR

RUN = [sys.executable, "-m", "config.run"]


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory(prefix="flipside-run-") as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        foreign = {"PYTEST_VERSION", "DATABASE_URL", "REDIS_URL", "EMAIL_URL", "DJANGO_SETTINGS_MODULE"}
        kept = {name: value for name, value in os.environ.items() if name not in foreign}
        given = {**kept, "DEBUG": "1", "PORT": str(port), "VAR_DIR": f"{folder}/var"}
        yield given
        subprocess.run([sys.executable, "-m", "config.local", "stop"], cwd=BASE_DIR, env=given, check=True)


def start(environment: dict[str, str]) -> subprocess.Popen[str]:
    running = subprocess.Popen(
        RUN, cwd=BASE_DIR, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    for _attempt in range(1200):
        with suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{environment['PORT']}/healthz", timeout=5)
            return running
        if running.poll() is not None:
            pytest.fail(running.communicate()[0])
        time.sleep(0.1)
    running.terminate()
    pytest.fail(running.communicate()[0])


def still_running(environment: dict[str, str]) -> list[list[str]]:
    """The command lines of what carries the data folder in its command line or its environment."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            words = process.cmdline()
            named = any(environment["VAR_DIR"] in word for word in words)
            marked = process.environ().get("VAR_DIR") == environment["VAR_DIR"]
            if (named or marked) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(words)
    return found


def test_ctrl_c_ends_run_with_status_0_and_leaves_no_process(environment: dict[str, str]) -> None:
    running = start(environment)
    assert {"gunicorn", "worker", "beat", "postgres"} <= {
        Path(word).name for words in still_running(environment) for word in words
    }

    running.send_signal(signal.SIGINT)

    output, _none = running.communicate(timeout=60)
    assert running.returncode == 0, output
    assert still_running(environment) == []


def test_second_run_in_one_folder_is_refused_and_the_first_ends_by_sigterm(environment: dict[str, str]) -> None:
    running = start(environment)

    second = subprocess.run(RUN, cwd=BASE_DIR, env=environment, text=True, capture_output=True, timeout=60, check=False)

    assert second.returncode == 1
    assert "already runs from this folder" in second.stderr
    assert running.poll() is None
    with urllib.request.urlopen(f"http://127.0.0.1:{environment['PORT']}/healthz", timeout=5) as answer:
        assert answer.status == 200
    running.terminate()
    output, _none = running.communicate(timeout=60)
    assert running.returncode == 0, output
    assert still_running(environment) == []


def test_run_on_a_taken_port_is_one_sentence(environment: dict[str, str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(environment["PORT"])))
        taken.listen()

        done = subprocess.run(
            RUN, cwd=BASE_DIR, env=environment, text=True, capture_output=True, timeout=60, check=False
        )

    assert done.returncode == 1
    assert f"Port {environment['PORT']} is not free" in done.stderr
    assert "Traceback" not in done.stderr
    assert still_running(environment) == []
