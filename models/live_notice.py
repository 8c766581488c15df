"""Notices: what the triggers tell of changed records, for processes that somebody listens to."""

from typing import Any

from sqlalchemy import BigInteger, Column, DateTime, Index, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType

from models.base import Base


class TransactionId(UserDefinedType[str]):
    """PostgreSQL's xid8: the number of a transaction, which never comes again."""

    cache_ok = True

    def get_col_spec(self, **options: Any) -> str:
        return "xid8"


ischema_names["xid8"] = TransactionId  # so that a comparison of models and schema knows it

LIVE_NOTICES = Table(
    "live_notices",
    Base.metadata,
    Column("xid", TransactionId(), nullable=False, server_default=text("pg_current_xact_id()")),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("kind", Text(), nullable=False),
    Column("op", Text(), nullable=False),
    Column("ids", ARRAY(Uuid())),
    Column("owners", ARRAY(Uuid())),
    Column("beyond", BigInteger()),
    Column("beyond_owners", JSONB(none_as_null=True)),
    Index("ix_live_notices_xid", "xid"),
    prefixes=["UNLOGGED"],
)
"""A row for each statement: up to 50 `ids` and whose each is, and how many are `beyond` them, in all and by owner. No
object is made of one, and it has no key: rows are written by triggers, read once by each process, and deleted."""

LIVE_HORIZONS = Table(
    "live_horizons",
    Base.metadata,
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("xid", TransactionId(), nullable=False, server_default=text("pg_snapshot_xmin(pg_current_snapshot())")),
    prefixes=["UNLOGGED"],
)
"""The oldest transaction that was under way at times; those before it had ended by then."""
