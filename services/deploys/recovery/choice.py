"""A table of one transaction: what a recovery is about to take, so that it can be written a part at a time."""

from sqlalchemy import Column, Integer, MetaData, Table, Text, Uuid, delete, text

from services.database import DbSession

CHUNK = 20_000
"""Rows that one statement writes; it takes about a second."""

Choice = Table(
    "recovery_choice",
    MetaData(),
    Column("position", Integer, primary_key=True),
    Column("deploy_id", Uuid, nullable=False),
    Column("host", Text, nullable=False),
    Column("fingerprint", Text),
    prefixes=["TEMPORARY"],
)


def make_choice_table(db: DbSession) -> None:
    """Make the table, or empty it; it goes with the transaction, since the connection's next one may not use it."""
    db.execute(
        text(
            "CREATE TEMPORARY TABLE IF NOT EXISTS recovery_choice (position integer PRIMARY KEY,"
            " deploy_id uuid NOT NULL, host text NOT NULL, fingerprint text) ON COMMIT DROP"
        )
    )
    db.execute(delete(Choice))
