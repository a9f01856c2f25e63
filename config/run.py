"""Everything in one terminal: `python -m config.run` is what `make run` starts.

Begins the embedded services, brings the database up to date, runs web, worker and beat until Ctrl-C, ends them all.
"""

import os
import shlex
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from honcho.manager import Manager
from honcho.printer import Printer

from config import embedded
from config.environment import BASE_DIR
from config.local import RUN_MARK, VAR_DIR, AlreadyRunningError, end_leftovers, only_run
from config.sockets import EmbeddedError

HOST = "127.0.0.1"
WELCOME = """
  Flipside is ready: http://localhost:{port}/

  Sign in as coordinator, teacher, student or admin. The password is: playground
  Mail goes to {mail}. Ctrl-C ends everything.
"""


class CannotRunError(Exception):
    """Flipside can't run here now; the message says why in plain words."""


class Terminal(Manager):
    """honcho's manager, which also knows whether a person or one of its processes made the end."""

    told_to_end = False

    def terminate(self) -> None:
        """End all; when nothing has ended by itself yet, somebody asked for it."""
        self.told_to_end = self.told_to_end or not self._any_stopped()
        super().terminate()


def main() -> int:
    """Run until the end, and answer the exit status: 0 if a person ended it."""
    signal.signal(signal.SIGTERM, _as_ctrl_c)
    try:
        with only_run():
            end_leftovers()
            try:
                with _own_terminal():
                    return _run()
            finally:
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                end_leftovers()
                embedded.stop(VAR_DIR)
    except KeyboardInterrupt:
        return 0
    except (AlreadyRunningError, CannotRunError, EmbeddedError) as error:
        print(error, file=sys.stderr)
        return 1


def _run() -> int:
    port = _port()
    os.environ["PORT"] = str(port)
    os.environ["VAR_DIR"] = str(VAR_DIR)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import call_command

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise CannotRunError(str(error)) from error
    if not settings.DEBUG:
        raise CannotRunError(
            "`make run` is for your own machine. With DEBUG off start gunicorn and Celery: see README.md."
        )
    call_command("prepare")

    terminal = Terminal(Printer(sys.stdout))
    for name, command in commands(port).items():
        terminal.add_process(name, shlex.join(command), cwd=str(BASE_DIR), env={**os.environ, RUN_MARK: str(VAR_DIR)})
    mail = "the server of EMAIL_URL" if os.environ.get("EMAIL_URL") else f"files in {VAR_DIR / 'mail'}"
    threading.Thread(target=_welcome, args=[port, mail], daemon=True).start()
    threading.Thread(target=_end_with_make, args=[os.getppid()], daemon=True).start()
    terminal.loop()
    return 0 if terminal.told_to_end else 1


def commands(port: int) -> dict[str, list[str]]:
    """The command of each process: web, worker, beat."""
    python = [sys.executable, "-m"]
    celery = ["nice", "-n", "5", *python, "celery", "--app", "config", "--quiet"]  # a page comes first
    return {
        "web": [*python, "gunicorn", "config.wsgi", "--config", "python:config.web", "--bind", f"{HOST}:{port}"],
        "worker": [*celery, "worker", "--concurrency", "1", "--without-gossip", "--without-mingle"],
        "beat": [*celery, "beat", "--pidfile", ""],
    }


def _port() -> int:
    """The port asked for, if it is one and free."""
    wanted = os.environ.get("PORT") or "8000"
    if not wanted.isdecimal() or not 0 < int(wanted) < 65536:
        raise CannotRunError(f"PORT must be a number from 1 to 65535, not {wanted!r}.")
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((HOST, int(wanted)))
        except OSError as error:
            raise CannotRunError(
                f"Port {wanted} is not free ({error.strerror}). Choose another, for example: PORT=8123 make run"
            ) from error
    return int(wanted)


def _welcome(port: int, mail: str) -> None:
    """Say where Flipside is as soon as it answers."""
    for _attempt in range(600):
        with (
            suppress(OSError, urllib.error.URLError),
            urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=5),
        ):
            print(WELCOME.format(port=port, mail=mail), flush=True)
            return
        time.sleep(0.1)


def _as_ctrl_c(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _own_terminal() -> Iterator[None]:
    """Take Ctrl-C for this program alone, so that `make` does not see it and ends with our status, 0.

    Only where `make` owns the terminal; else signals come as they come.
    """
    ours = os.getpgrp()
    try:
        in_front = os.tcgetpgrp(0) == ours and os.getpid() != ours
    except OSError:  # no terminal
        in_front = False
    if not in_front:
        yield
        return
    for ignored in (signal.SIGTTOU, signal.SIGTSTP):  # the shell that could bring us back does not know our group
        signal.signal(ignored, signal.SIG_IGN)
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpgrp())
    try:
        yield
    finally:
        os.tcsetpgrp(0, ours)


def _end_with_make(parent: int) -> None:
    """End when `make` ended or waits to: a SIGINT sent to it alone does not reach us, and it waits for us for ever."""
    caught = _catches_interrupt(parent)
    while os.getppid() == parent and _catches_interrupt(parent) == caught:
        time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGTERM)


def _catches_interrupt(pid: int) -> bool:
    """Whether a process has a handler for SIGINT (Linux): `make` drops its own when it was interrupted."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("SigCgt:"):
                return bool(int(line.split()[1], 16) & 1 << (signal.SIGINT - 1))
    return False


if __name__ == "__main__":
    sys.exit(main())
