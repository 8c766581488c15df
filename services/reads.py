"""Transactions that only read, which end by a commit.

After a rollback psycopg forgets every statement that it had prepared, since one may be of a table that is gone by then.
Were requests that only read to end by one, each of a page's statements would be planned anew for each page.
"""

import re
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event

from services.database import DbSession

_READS = re.compile(r"\s*(?:SELECT|WITH|SAVEPOINT|RELEASE|ROLLBACK TO)\b", re.IGNORECASE)
_WRITES = re.compile(r"\b(?:INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)
"""Locks of rows are among these, and a word in a quoted name: what may write is never taken for what reads."""
_ONLY_READ = "only_read"
"""Where a connection keeps whether its transaction has only read so far; nothing where nobody asks."""


def watch(sessions: Any) -> None:
    """Have the transactions of these ORM sessions end so, where they only read."""
    event.listen(sessions, "after_begin", _begin)


def expect_writes(db: DbSession) -> None:
    """Have this transaction end as it would by itself, whichever way its writes are sent."""
    db.connection().info[_ONLY_READ] = False


def _begin(db: DbSession, transaction: Any, connection: Connection) -> None:
    if not connection.in_nested_transaction():  # one within another's transaction ends nothing
        connection.info[_ONLY_READ] = True


@event.listens_for(Engine, "begin")
def _forget(connection: Connection) -> None:
    connection.info.pop(_ONLY_READ, None)


@event.listens_for(Engine, "before_cursor_execute")
def _look(connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
    if connection.info.get(_ONLY_READ) and (not _READS.match(statement) or _WRITES.search(statement)):
        connection.info[_ONLY_READ] = False


@event.listens_for(Engine, "rollback")
def _commit(connection: Connection) -> None:
    if connection.invalidated:  # the database went away
        return
    driver: Any = connection.connection.dbapi_connection
    if connection.info.get(_ONLY_READ) and driver.info.transaction_status == TransactionStatus.INTRANS:
        with suppress(psycopg.Error):  # the rollback that follows tells of it
            driver.commit()
