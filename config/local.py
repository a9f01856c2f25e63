"""What belongs to a run of Flipside on one's own machine: who runs here, ending what was left, beginning again.

`python -m config.local stop` and `reset` work without settings, which would start what they are to end.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from config import embedded
from config.environment import BASE_DIR, read_env_file
from config.sockets import wait_for_end

VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").resolve()
RUN_MARK = "FLIPSIDE_RUN"  # in the environment of every process that `make run` starts: its VAR_DIR
DEMO_DATA = ("postgres", "postgres.log", "valkey", "mail", "study_keys", "clock_offset")  # what a reset throws away


class AlreadyRunningError(Exception):
    """Another `make run` holds this folder."""


@contextmanager
def only_run() -> Iterator[None]:
    """Hold this folder while running; a second run is refused. The lock ends with the process, however it ends."""
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    with open(VAR_DIR / "run.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunningError(
                "Flipside already runs from this folder. End it with Ctrl-C in its terminal, or with `make stop`."
            ) from error
        yield


def leftovers() -> list[psutil.Process]:
    """The processes of a `make run` in this folder, except the one that asks."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.pid != os.getpid() and process.environ().get(RUN_MARK) == str(VAR_DIR):
                found.append(process)
    return found


def end_leftovers() -> int:
    """End what a run in this folder left or still runs, politely first; answer how many processes it was."""
    processes = leftovers()
    for process in processes:
        with suppress(psutil.Error):
            process.terminate()
    if not wait_for_end(processes, seconds=10):
        for process in processes:
            with suppress(psutil.Error):
                process.kill()
        wait_for_end(processes, seconds=5)
    return len(processes)


def stop() -> None:
    """End web, worker, beat and the embedded services of this folder, those of its tests too."""
    ended = end_leftovers()
    if ended:
        print(f"Ended {ended} processes of a run.")
    stop_services(VAR_DIR)
    stop_tests()


def stop_tests() -> None:
    """End the embedded services that tests started; they keep running after a bare `pytest`, for the next one."""
    stop_services(VAR_DIR / "test")


def stop_services(folder: Path) -> None:
    """End the embedded services whose data is in this folder, and say which."""
    for service in embedded.stop(folder):
        print(f"Stopped {service} of {folder}.")


def reset() -> None:
    """Throw away the embedded database and all that belongs to it, and load the demo school anew."""
    read_env_file()
    if os.environ.get("DATABASE_URL"):
        sys.exit("make reset touches only the embedded demo school, and DATABASE_URL names a real database. Refused.")
    try:
        with only_run():
            embedded.stop(VAR_DIR)
            for path in (VAR_DIR / name for name in DEMO_DATA):
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            subprocess.run([sys.executable, "manage.py", "prepare"], cwd=BASE_DIR, check=True)
            embedded.stop(VAR_DIR)
    except AlreadyRunningError as error:
        sys.exit(str(error))
    print("The demo school is as new. `make run` starts it.")


if __name__ == "__main__":
    acts = {"stop": stop, "stop-tests": stop_tests, "reset": reset}
    if len(sys.argv) != 2 or sys.argv[1] not in acts:
        sys.exit("usage: python -m config.local stop|stop-tests|reset")
    acts[sys.argv[1]]()
