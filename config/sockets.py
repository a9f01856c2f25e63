"""Where the embedded services of a folder are found: a private folder of sockets, a note of it, a lock, their ends.

`var` is everywhere the folder that holds the services' data. A socket's path may have about 100 bytes, so sockets do
not lie there but in a short place of the system, by a name that follows from `var`.
"""

import fcntl
import hashlib
import json
import os
import signal
import socket
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

POSTGRES_SOCKET = ".s.PGSQL.5432"
VALKEY_SOCKET = "valkey.sock"
STARTING = ".starting"  # a file that is there while a service is being started


class EmbeddedError(Exception):
    """An embedded service could not be started; the message says why in plain words."""


def runtime_folder(var: Path) -> Path:
    """The private folder for the sockets of `var`: where one already is, else a new one."""
    known = recorded(var)
    name = _runtime_name(var)
    bases = [Path(tempfile.gettempdir()), Path("/tmp")]
    if os.geteuid() and (own := os.environ.get("XDG_RUNTIME_DIR")):  # root's is closed to PostgreSQL's user
        bases.insert(0, Path(own))
    usable = [base / name for base in bases if os.access(base, os.W_OK) and len(str(base)) < 60]
    if not usable:
        raise EmbeddedError("No folder with a short path for sockets: set TMPDIR to one, such as /tmp.")
    folder = known or next((place for place in usable if place.is_dir()), usable[0])
    folder.mkdir(mode=0o700, exist_ok=True)
    seen = folder.lstat()
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.geteuid():
        raise EmbeddedError(f"{folder} belongs to somebody else; remove it and start again.")
    # Root's PostgreSQL runs as another user, who must be able to pass through, not to look.
    folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return folder


def _record(var: Path) -> Path:
    return var / "running.json"


def remember(var: Path, runtime: Path) -> None:
    """Note where the sockets of `var` lie."""
    _record(var).write_text(json.dumps({"folder": str(var), "runtime": str(runtime)}))


def recorded(var: Path) -> Path | None:
    """The folder of sockets noted in `var`; a copied project folder does not use the original's."""
    try:
        noted = json.loads(_record(var).read_text())
    except (FileNotFoundError, ValueError):
        return None
    runtime = Path(noted["runtime"])
    ours = noted["folder"] == str(var) and runtime.name == _runtime_name(var)
    return runtime if ours and runtime.is_dir() else None


def _runtime_name(var: Path) -> str:
    return f"flipside-{os.geteuid()}-{hashlib.sha256(str(var).encode()).hexdigest()[:12]}"


def socket_of(var: Path, name: str) -> Path | None:
    """The socket of a service that runs for `var`, else none."""
    runtime = recorded(var)
    if runtime is None:
        return None
    place = runtime / "postgres" / name if name == POSTGRES_SOCKET else runtime / name
    return place if answers(place) else None


def settled(var: Path, name: str) -> Path | None:
    """The socket of a service that runs and that nobody is just starting."""
    return None if (var / STARTING).exists() else socket_of(var, name)


def answers(place: Path) -> bool:
    """Whether somebody listens on this socket."""
    with socket.socket(socket.AF_UNIX) as attempt:
        attempt.settimeout(2)
        return attempt.connect_ex(str(place)) == 0


def end_orphan(sockets: Path) -> None:
    """End a server that still runs although its data folder was deleted, and clear away what it held."""
    lock = sockets / f"{POSTGRES_SOCKET}.lock"
    if answers(sockets / POSTGRES_SOCKET) and lock.exists():
        _end(psutil.Process(int(lock.read_text().split()[0])), signal.SIGQUIT)
    for held in (lock, sockets / POSTGRES_SOCKET):
        held.unlink(missing_ok=True)


def end_recorded(pid_file: Path, named: str, how: signal.Signals) -> bool:
    """End the process whose number stands in a file, if the number still is that program's."""
    try:
        process = psutil.Process(int(pid_file.read_text().split()[0]))
        if not any(named in word for word in process.cmdline()):
            return False
    except (OSError, ValueError, IndexError, psutil.Error):
        return False
    _end(process, how)
    return True


def _end(process: psutil.Process, how: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(how)
        if not wait_for_end([process], seconds=20):
            process.kill()
            wait_for_end([process], seconds=20)


def wait_for_end(processes: list[psutil.Process], *, seconds: float) -> bool:
    """Whether all have ended in time. One that ended and was not yet collected by its parent counts as ended."""
    end = time.monotonic() + seconds
    while any(_runs(process) for process in processes):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def _runs(process: psutil.Process) -> bool:
    """Whether one of its threads still runs: as long as one does, its sockets answer, though it counts as a zombie."""
    try:
        return process.is_running() and (process.status() != psutil.STATUS_ZOMBIE or process.num_threads() > 1)
    except psutil.NoSuchProcess:
        return False


@contextmanager
def locked(var: Path) -> Iterator[None]:
    """Let one process at a time start or end the services of `var`."""
    var.mkdir(mode=0o755, parents=True, exist_ok=True)
    with open(var / ".lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def starting(var: Path) -> Iterator[None]:
    """Start services alone; who comes meanwhile waits instead of using half a service."""
    with locked(var):
        (var / STARTING).touch()
        try:
            yield
        finally:
            (var / STARTING).unlink(missing_ok=True)
