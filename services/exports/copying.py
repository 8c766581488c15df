"""Reading what COPY sends: many rows at a time, in the memory of one block; who stops reading ends the query."""

import time
from collections.abc import Generator
from typing import Any

import psycopg
from psycopg import pq
from psycopg.errors import error_from_result
from psycopg.waiting import Wait

BLOCK = 128 * 1024
"""Bytes that are handed on at a time, at least while there are more."""
LIMIT_MIN = 30
"""Minutes that one file may take to be read."""

Rows = list[bytes]
"""Lines as COPY sent them."""


def prepare(connection: psycopg.Connection[Any], zone: str, *, whole: bool) -> None:
    """Let this transaction read only, for long, and write times in `zone`.

    Args:
        whole: whether the table is read from end to end: then along an index that has its order, so that the first line
            comes at once. Sorting all would be a little quicker, and long silent.
    """
    settings = {
        "statement_timeout": f"{LIMIT_MIN}min",
        "idle_in_transaction_session_timeout": f"{LIMIT_MIN}min",  # a workbook is packed once all rows are read
        "transaction_read_only": "on",
        "timezone": zone,
        "jit": "off",
        "work_mem": "64MB",
    }
    if whole:
        settings["enable_sort"] = "off"
    cursor = connection.cursor()
    for name, value in settings.items():
        cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def rows_of(connection: psycopg.Connection[Any], sql: str) -> Generator[Rows, None, None]:
    """The lines that a COPY sends, block by block. Closed before its end, it has the query cancelled.

    Raises:
        psycopg.Error: the statement is refused, or fails on the way.
    """
    with connection.cursor().copy(sql.encode()):
        is_over = False
        while not is_over:
            rows, is_over = connection.wait(_block(connection.pgconn))
            time.sleep(0)  # others' turn, since a block that is there already is waited for by nobody
            if rows:
                yield rows


def _block(connection: pq.abc.PGconn) -> Generator[Wait, Any, tuple[Rows, bool]]:
    """For psycopg to run: a block of rows; True with the last ones.

    Copy.read() does the same for each row by itself, which takes as long as all else together.
    """
    rows: Rows = []
    size, has_read = 0, False
    while size < BLOCK:
        length, row = connection.get_copy_data(1)
        if length > 0:
            rows.append(bytes(row))  # which, unlike its buffer, needs no looking after by the collector of garbage
            size, has_read = size + length, False
        elif length < 0:
            yield from _end(connection)
            return rows, True
        else:
            while has_read and not (yield Wait.R):
                continue
            connection.consume_input()  # before it is waited: there mostly is more, and each wait takes its time
            has_read = True
    return rows, False


def _end(connection: pq.abc.PGconn) -> Generator[Wait, Any, None]:
    """Take the statement's result.

    Raises:
        psycopg.Error: it failed.
    """
    results = []
    while True:
        while connection.is_busy():
            while not (yield Wait.R):
                continue
            connection.consume_input()
        if (result := connection.get_result()) is None:
            break
        results.append(result)
    for result in results:
        if result.status != pq.ExecStatus.COMMAND_OK:
            raise error_from_result(result)
