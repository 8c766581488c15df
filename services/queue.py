"""The job queue: jobs are written with the data, and commit or vanish with it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pgqueuer.db import SyncDriver
from pgqueuer.queries import SyncQueries
from psycopg import RawCursor
from psycopg.rows import dict_row
from sqlalchemy import text

from services.database import DbSession

DELIVER = "deliver_deploy"
"""The entry point that POSTs one deploy; its payload is the deploy's id as text."""

DELIVERIES = "console_deliveries"
"""The channel on which workers hear that deploys wait."""


class _TransactionDriver(SyncDriver):
    """Lets PgQueuer write through the ORM session's own connection, inside its transaction."""

    def __init__(self, db: DbSession) -> None:
        self._db = db

    def fetch(self, query: str, *args: object) -> list[dict[str, Any]]:
        connection: Any = self._db.connection().connection.driver_connection
        with RawCursor(connection, row_factory=dict_row) as cursor:
            cursor.execute(query, args or None)
            return cursor.fetchall()


def enqueue_delivery(db: DbSession, deploy_id: UUID, *, at: datetime, now: datetime) -> None:
    """Queue one delivery, to be taken up at `at` or as soon after as a worker is free."""
    enqueue_deliveries(db, [deploy_id], at=at, now=now)


def enqueue_deliveries(db: DbSession, deploy_ids: Sequence[UUID], *, at: datetime, now: datetime) -> None:
    """Queue many deliveries with one statement."""
    db.flush()
    wait = max(at - now, timedelta())
    count = len(deploy_ids)
    SyncQueries(_TransactionDriver(db)).enqueue(
        [DELIVER] * count,
        [str(deploy_id).encode() for deploy_id in deploy_ids],
        [0] * count,
        [wait] * count,
    )


def wake_deliveries(db: DbSession) -> None:
    """Tell the workers, once this transaction commits, that deploys wait: `deploys` is its own queue."""
    db.execute(text("SELECT pg_notify(:channel, '')"), {"channel": DELIVERIES})
