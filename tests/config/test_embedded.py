import os
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest

from config import embedded
from config.sockets import POSTGRES_SOCKET


@pytest.fixture
def var() -> Iterator[Path]:
    # Not in pytest's own folder: each start of pytest closes that again to the user that root's PostgreSQL runs as.
    with tempfile.TemporaryDirectory(prefix="flipside-test-") as folder:
        yield Path(folder) / "var"
        embedded.stop(Path(folder) / "var")


def query(url: str, sql: str) -> object:
    connection = psycopg2.connect(url.replace("postgres://", "postgresql://"))
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone() if cursor.description else None
    finally:
        connection.close()


def ping(url: str) -> bytes:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(url.removeprefix("redis+socket://"))
        client.sendall(b"PING\r\n")
        return client.recv(64)


def test_postgres_keeps_its_data_over_a_stop(var: Path) -> None:
    query(embedded.start_postgres(var, durable=False), "CREATE TABLE kept AS SELECT 7 AS number")

    embedded.stop(var)
    again = embedded.start_postgres(var, durable=False)

    assert query(again, "SELECT number FROM kept") == (7,)


def test_postgres_folds_capitals_of_any_alphabet(var: Path) -> None:
    url = embedded.start_postgres(var, durable=False)

    assert query(url, "SELECT lower('ÁÑÉ')") == ("áñé",)


def test_services_started_by_many_at_once_are_one(var: Path) -> None:
    found: list[object] = []

    def start() -> None:
        url = embedded.start_postgres(var, durable=False)
        found.append(query(url, "SELECT pg_postmaster_start_time()"))

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 4
    assert len(set(found)) == 1


def test_postgres_comes_back_after_kill(var: Path) -> None:
    url = embedded.start_postgres(var)
    query(url, "CREATE TABLE kept AS SELECT 7 AS number")
    postmaster = psutil.Process(int((var / "postgres/postmaster.pid").read_text().split()[0]))
    family = [postmaster, *postmaster.children()]
    os.kill(postmaster.pid, signal.SIGKILL)
    psutil.wait_procs(family, timeout=20)

    again = embedded.start_postgres(var)

    assert query(again, "SELECT number FROM kept") == (7,)


def test_valkey_answers_and_ends(var: Path) -> None:
    url = embedded.start_valkey(var)
    assert ping(url).startswith(b"+PONG")

    ended = embedded.stop(var)

    assert ended == ["Valkey"]
    with pytest.raises(FileNotFoundError):
        ping(url)


def test_sockets_are_closed_to_others_and_their_paths_short(var: Path) -> None:
    urls = embedded.start_valkey(var), embedded.start_postgres(var, durable=False)

    place = Path(urls[0].removeprefix("redis+socket://"))
    assert len(str(place.parent / "postgres" / POSTGRES_SOCKET)) < 100
    assert place.stat().st_mode & 0o077 == 0
    assert (place.parent / "postgres").stat().st_mode & 0o077 == 0


def test_copied_folder_does_not_use_the_services_of_the_original(var: Path, tmp_path: Path) -> None:
    url = embedded.start_valkey(var)
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "running.json").write_bytes((var / "running.json").read_bytes())

    other = embedded.start_valkey(copy)

    try:
        assert other != url
    finally:
        embedded.stop(copy)


def test_server_without_its_data_folder_is_ended_and_made_anew(var: Path) -> None:
    query(embedded.start_postgres(var, durable=False), "CREATE TABLE lost (number int)")
    shutil.rmtree(var)

    url = embedded.start_postgres(var, durable=False)

    assert query(url, "SELECT to_regclass('lost')") == (None,)


def test_stop_where_nothing_runs_does_nothing(tmp_path: Path) -> None:
    assert embedded.stop(tmp_path / "never") == []
    assert not (tmp_path / "never").exists()
