"""A place of its own for the program: folder, PostgreSQL, Valkey, processes. Nothing of the user's is touched.

Used by the benchmarks, and by the tests that need the program as a school runs it.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil

from config import embedded, run
from config.environment import BASE_DIR, new_field_key

PATIENCE_SECONDS = 60


class Place:
    """Services in a new temporary folder, and the environment that leads the program to them; ended by `close`.

    With `debug` on it is the program of `make run`, whose clock can be moved; with it off, that of a real school.
    `environment` wins; a service whose URL stands in it is used and not started.
    """

    def __init__(self, *, debug: bool, **environment: str) -> None:
        self.is_debug = debug
        self.folder = Path(tempfile.mkdtemp(prefix="flipside-"))
        self.port = free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        try:
            self.environment = {
                "DJANGO_SETTINGS_MODULE": "config.settings",
                "VAR_DIR": str(self.folder),
                "DATABASE_URL": environment.get("DATABASE_URL")
                or embedded.start_postgres(self.folder, durable=not debug),
                "REDIS_URL": environment.get("REDIS_URL") or embedded.start_valkey(self.folder),
                "PORT": str(self.port),
                "SITE_URL": f"http://localhost:{self.port}",
                **({"DEBUG": "1"} if debug else self._as_in_a_school()),
                **environment,
            }
        except BaseException:
            self.close()
            raise

    def _as_in_a_school(self) -> dict[str, str]:
        keys = self.folder / "study_keys"
        keys.mkdir(mode=0o700)
        return {
            "DEBUG": "0",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "STUDY_KEY_DIR": str(keys),
            "FIELD_KEYS": new_field_key(),
            "ALLOWED_HOSTS": "localhost,testserver",
            "BEHIND_TLS_PROXY": "1",
            "EMAIL_URL": f"smtp://localhost:{free_port()}",  # nobody listens there, until a work does
            "STATIC_ROOT": str(self.folder / "static"),
        }

    @property
    def address(self) -> str:
        """Where the web process answers, without a slash at the end."""
        return f"http://localhost:{self.port}"

    def manage(self, *arguments: str, code: str = "") -> str:
        """Run manage.py to its end with `code` on standard input; answers what it printed. Raises if it failed."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, check=False, cwd=BASE_DIR, env=self._whole(), input=code, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def start(self, *names: str) -> None:
        """Start `web`, `worker` or `beat` with the commands of `make run`, and wait until the web process answers."""
        for name in names:
            with open(self.log(name), "ab") as log:
                self.processes[name] = subprocess.Popen(
                    self.command(name),
                    cwd=BASE_DIR,
                    env=self._whole(),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        if "web" in names:
            self._wait_for_web()

    def command(self, name: str) -> list[str]:
        """What starts a process: as in `make run`."""
        return run.commands(self.port)[name]

    def stop(self, *names: str) -> None:
        """End these processes with their children, and wait until they are gone."""
        family: list[psutil.Process] = []
        ended = [self.processes.pop(name) for name in names]
        for process in ended:
            with suppress(psutil.NoSuchProcess):
                parent = psutil.Process(process.pid)
                family += [parent, *parent.children(recursive=True)]
            process.terminate()
        _gone, stubborn = psutil.wait_procs(family, timeout=15)
        for one in stubborn:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        psutil.wait_procs(stubborn, timeout=10)
        for process in ended:
            process.wait()

    def log(self, name: str) -> Path:
        """What a process wrote to its standard output and error."""
        return self.folder / f"{name}.log"

    def memory_mib(self, name: str) -> float:
        """The resident memory of a process with its children, in MiB."""
        parent = psutil.Process(self.processes[name].pid)
        return sum(one.memory_info().rss for one in (parent, *parent.children(recursive=True))) / 2**20

    def close(self) -> None:
        """End all processes and services, and delete the folder."""
        self.stop(*self.processes)
        embedded.stop(self.folder)
        record = self.folder / "running.json"  # where embedded.py notes the folder of its sockets
        if record.exists():
            shutil.rmtree(json.loads(record.read_text())["runtime"], ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _whole(self) -> dict[str, str]:
        """The environment of a process: ours, without what a test or a user's own set-up put there."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "DJANGO_"))}
        return ours | self.environment

    def _wait_for_web(self) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end and self.processes["web"].poll() is None:
            with suppress(OSError, urllib.error.URLError), urllib.request.urlopen(f"{self.address}/healthz", timeout=5):
                return
            time.sleep(0.05)
        raise RuntimeError(f"The web process does not answer:\n{self.log('web').read_text()[-4000:]}")


def free_port() -> int:
    """A port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
