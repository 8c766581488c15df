"""Reading times that PostgreSQL holds and Python has none for: `infinity`, and years before 1 or beyond 9999."""

import re
from datetime import UTC, datetime

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader

LATEST = datetime.max.replace(tzinfo=UTC)
EARLIEST = datetime.min.replace(tzinfo=UTC)
"""What stands for times beyond them."""
_BEYOND = re.compile(r"(?P<before>-infinity|.* BC)|infinity|\d{5,}-.*|9999-12-31 .*|(?P<first>0001-01-01 .*)")


class TimeLoader(Loader):
    """Reads times with a zone."""

    def load(self, data: Buffer) -> datetime:
        """
        Raises:
            psycopg.DataError: the connection's DateStyle is not ISO.
        """
        sent = bytes(data).decode()
        try:
            found = datetime.fromisoformat(sent)
            return found if found.tzinfo is UTC else found.astimezone(UTC)
        except (ValueError, OverflowError):
            match = _BEYOND.fullmatch(sent)
        if match is None:
            raise psycopg.DataError(f"A time can't be read in this DateStyle: {sent[:60]}")
        return EARLIEST if match["before"] or match["first"] else LATEST


def register() -> None:
    """Have all connections that are made from now on read times so: one odd record must take no list down."""
    psycopg.adapters.register_loader("timestamptz", TimeLoader)
