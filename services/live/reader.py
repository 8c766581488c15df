"""The reader: notices as they come to be seen, which is when their transactions commit."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg

from services.live.forgetting import KEPT
from services.live.notices import COLUMNS, Notice, parse

MOST = 10_000
"""Notices that are read at once; where there are more, all look anew."""
BEGIN = "SELECT pg_current_snapshot()::text, statement_timestamp()"
READ = f"""
    SELECT pg_current_snapshot()::text, statement_timestamp(), {COLUMNS}
    FROM (VALUES (0)) AS always LEFT JOIN live_notices ON xid >= %(next)s::xid8 OR xid = ANY(%(running)s::xid8[])
    ORDER BY at LIMIT {MOST + 1}
"""  # noqa: S608 - of constants
"""What could not be seen in the last snapshot and can be in this one: of transactions that began after the last one, or
were under way then."""
OPTIONS = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off"
"""By which the statement is planned once, and by its index, however few rows there are then."""


class Reader:
    """Reads each notice once, in whatever order transactions begin and end, and however long they take."""

    def __init__(self, connection: psycopg.Connection, *, kept: timedelta = KEPT) -> None:
        """Read what is committed from now on.

        Args:
            connection: one that commits by itself, made with `OPTIONS`.
            kept: how long notices are there to be read.
        """
        self._connection = connection
        self._kept = kept
        [told] = connection.execute(BEGIN).fetchall()
        self._keep(told)

    def read(self) -> list[Notice] | None:
        """What was committed since it was read last; None where it can't be told, because it is too much or too old."""
        snapshot = {"next": self._next, "running": self._running}
        rows = self._connection.execute(READ, snapshot, prepare=True).fetchall()
        last = self._read_at
        self._keep(rows[0])
        if len(rows) > MOST or self._read_at - last > self._kept:
            return None
        return [notice for _, _, *row in rows if (notice := parse(row)) is not None]

    def _keep(self, told: Sequence[Any]) -> None:
        """Keep the snapshot: `xmin:xmax:xip,xip,…`, where xmax is the first transaction that had not begun."""
        snapshot: str = told[0]
        _, self._next, running = snapshot.split(":")
        self._running = running.split(",") if running else []
        self._read_at: datetime = told[1]
