"""Real parts that a test may break: a worker and beat of its own, a Valkey of its own, a mail server on a free port."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from config import embedded
from tests.accounts.smtp_sink import Sink
from tests.cast import Cast, make_cast

WaitUntil = Callable[[Callable[[], object]], None]


@pytest.fixture
def committed_cast(transactional_db: None) -> Cast:
    """The cast in committed rows, which other processes see."""
    return make_cast()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as server:
        yield server


class Valkey:
    """A broker that belongs to one test."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.start()

    def start(self) -> None:
        self.url = embedded.start_valkey(self.var)

    def stop(self) -> None:
        assert embedded.stop_valkey(self.var)


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    server = Valkey(tmp_path)
    yield server
    embedded.stop_valkey(tmp_path)
    shutil.rmtree(Path(server.url.removeprefix("redis+socket://")).parent)


def database_url() -> str:
    """Where other processes find the database of this test."""
    place = connection.settings_dict
    host = quote(str(place["HOST"]), safe="")
    who = f"{place['USER']}:{place['PASSWORD']}" if place["PASSWORD"] else place["USER"]
    return f"postgres://{who}@{host}:{place['PORT'] or 5432}/{place['NAME']}"


class Program:
    """Processes of the program on the test's database, broker and mail server; each in a process group of its own."""

    def __init__(self, broker_url: str, sink: Sink, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "REDIS_URL": broker_url,
            "EMAIL_URL": f"smtp://{sink.host}:{sink.port}",
            "OUTBOX_SCAN_SECONDS": "1",
        }
        self.running: list[subprocess.Popen[bytes]] = []

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self._start("worker", "--concurrency", "1", "--without-gossip", "--without-mingle")

    def start_beat(self) -> subprocess.Popen[bytes]:
        return self._start("beat", "--pidfile", "", "--schedule", str(self.folder / "beat"))

    def run(self, code: str) -> None:
        """Do something in a process of the program, as the web would; fails if that fails."""
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
            cwd=settings.BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9, parent and children, with no chance to tidy up."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)
        self.running.remove(process)

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        with open(self.folder / f"{words[0]}.log", "ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "celery", "--app", "config", "--quiet", *words],
                cwd=settings.BASE_DIR,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.running.append(process)
        return process


@pytest.fixture
def program(transactional_db: None, valkey: Valkey, sink: Sink, tmp_path: Path) -> Iterator[Program]:
    program = Program(valkey.url, sink, tmp_path)
    yield program
    for process in list(program.running):
        program.kill(process)


@pytest.fixture
def wait_until(tmp_path: Path) -> WaitUntil:
    """Wait for something that other processes do, a minute at most; else show what they wrote."""

    def wait(condition: Callable[[], object]) -> None:
        end = time.monotonic() + 60
        while not condition():
            if time.monotonic() > end:
                logs = "\n".join(path.read_text(errors="replace")[-3000:] for path in tmp_path.glob("*.log"))
                pytest.fail(f"It did not happen within a minute.\n{logs}")
            time.sleep(0.05)

    return wait
