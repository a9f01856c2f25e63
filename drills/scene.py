"""The whole program, running, with a mail server of its own, and the ways to break a part of it.

Only what this scene started is ever broken: its services are found by the process number in its own folder, and ended
only if that process still carries the folder's name.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import redis
from django.db import connection

from benchmarks.place import Place
from config import embedded
from config.sockets import EmbeddedError, end_recorded
from tests.accounts.smtp_sink import Sink

DISK_BYTES = 4 * 2**30  # of the memory disk; it takes as much memory as is written
PATIENCE_SECONDS = 90
CLOCK = "clock"


class NotHere(Exception):
    """This machine can't do it; says why."""


class Scene(Place):
    """Web, worker and beat as in a school, PostgreSQL on a disk of its own where the machine lets us make one."""

    def __init__(self, sink: Sink) -> None:
        self.sink, self.is_windable = sink, False
        self.disk = Path(tempfile.mkdtemp(prefix="flipside-disk-"))
        self.disk_is_ours = _mounted(self.disk)
        self.database = self.disk / "database"
        try:
            super().__init__(
                debug=False,
                DATABASE_URL=embedded.start_postgres(self.database),
                EMAIL_URL=f"smtp://{sink.host}:{sink.port}",
                EMAIL_TIMEOUT="2",
                OUTBOX_SCAN_SECONDS="1",
            )
        except BaseException:
            self._close_database()
            raise

    def close(self) -> None:
        """End all processes and services, and take the disk away."""
        super().close()
        self._close_database()

    def command(self, name: str) -> list[str]:
        """As in `make run`; "worker second" is one more worker."""
        command = super().command(name.split(maxsplit=1)[0])
        if not self.is_windable:
            return command
        module = command.index("-m") + 1
        return [*command[:module], "drills.wound", str(self.folder / CLOCK), *command[module:]]

    def kill(self, name: str) -> None:
        """kill -9 for a process and its children, with no chance to tidy up."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)  # each was started as the head of a group
        process.wait(20)

    def kill_web_worker(self) -> None:
        """kill -9 for one of the processes that serve pages; the one above them starts another."""
        with suppress(psutil.NoSuchProcess, IndexError):
            psutil.Process(self.processes["web"].pid).children()[0].kill()

    def kill_postgres(self) -> None:
        """kill -9 for PostgreSQL; the processes that it leaves see that and go."""
        if not end_recorded(self.database / "postgres/postmaster.pid", str(self.database), signal.SIGKILL):
            raise RuntimeError("The PostgreSQL of this drill was not found.")

    def start_postgres(self) -> None:
        """Start it again if it does not run, as the machine's own service would; it has to recover first."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                embedded.start_postgres(self.database)
                connection.close()  # ours broke too
                connection.ensure_connection()
                return
            except Exception as error:  # it recovers still, or what is left of the killed one is not gone yet
                if time.monotonic() > end:
                    raise RuntimeError("PostgreSQL does not come back.") from error
                time.sleep(0.2)

    def kill_valkey(self) -> None:
        """kill -9 for Valkey; all that it knew is gone."""
        place = self.environment["REDIS_URL"].removeprefix("redis+socket://")
        if not end_recorded(self.folder / "valkey/valkey.pid", place, signal.SIGKILL):
            raise RuntimeError("The Valkey of this drill was not found.")

    def start_valkey(self) -> None:
        """Start it anew, empty, where it was."""
        if embedded.start_valkey(self.folder) != self.environment["REDIS_URL"]:
            raise RuntimeError("Valkey came back somewhere else.")

    def flush_valkey(self) -> None:
        """Empty it while it runs."""
        broker = redis.Redis(unix_socket_path=self.environment["REDIS_URL"].removeprefix("redis+socket://"))
        broker.flushall()
        broker.close()

    def fill_disk(self) -> None:
        """Leave no room on the disk of PostgreSQL. Raises NotHere where it has no disk of its own."""
        if not self.disk_is_ours:
            raise NotHere("a disk of its own takes root and mount")
        for _time in range(20):  # it grows meanwhile, and no disk is made smaller than what is on it
            with suppress(subprocess.CalledProcessError):
                _resize(self.disk, shutil.disk_usage(self.disk).used)
                return
        raise RuntimeError("The disk grows faster than it can be made full.")

    def empty_disk(self) -> None:
        """Make room again."""
        _resize(self.disk, DISK_BYTES)

    @contextmanager
    def windable_clock(self) -> Iterator[None]:
        """Start the program's processes anew, so that `wind` moves the clock of all of them while they run.

        PostgreSQL, Valkey and the mail server keep the right time.
        """
        names = list(self.processes)
        self.wind(0)
        self.stop(*names)
        self.is_windable = True
        try:
            self.start(*names)
            yield
        finally:
            self.stop(*self.processes)
            self.is_windable = False
            self.start(*names)

    def wind(self, seconds: int) -> None:
        """Set the clock of the program's processes so much ahead of the right time; all of them see it in a second."""
        new = self.folder / "clock.new"
        new.write_text(f"{seconds:+d}\n")
        new.rename(self.folder / CLOCK)

    def _close_database(self) -> None:
        with suppress(EmbeddedError):
            embedded.stop(self.database)
        if self.disk_is_ours:
            subprocess.run(["umount", str(self.disk)], check=True)
        shutil.rmtree(self.disk, ignore_errors=True)


def _mounted(folder: Path) -> bool:
    """Whether a disk in memory could be put there."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=755", "flipside-drill", str(folder)]
    return bool(shutil.which("mount")) and not subprocess.run(command, capture_output=True).returncode


def _resize(folder: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(folder)], check=True)
