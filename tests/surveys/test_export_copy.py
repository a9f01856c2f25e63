"""The copy that a download streams: a slow reader, and a failure."""

import time

import pytest
from psycopg2 import sql
from psycopg2.errors import DivisionByZero

from surveys.reports import export

pytestmark = pytest.mark.django_db


def test_slow_reader_gets_every_byte_of_a_copy(db):
    chunks = []

    for chunk in export._copy(sql.SQL("COPY (SELECT repeat('x', 65536) FROM generate_series(1, 8)) TO STDOUT")):
        chunks.append(chunk)
        time.sleep(0.15 if len(chunks) == 1 else 0)  # until no more chunks fit between writer and reader

    assert len(b"".join(chunks)) == 8 * 65537


def test_copy_that_fails_says_so_to_its_reader(db):
    with pytest.raises(DivisionByZero):
        list(export._copy(sql.SQL("COPY (SELECT 1 / (n - 1) FROM generate_series(1, 3) n) TO STDOUT")))
