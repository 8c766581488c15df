"""Waking the workers: `deploys` is its own queue, so that a deploy is queued by being written."""

from sqlalchemy import text

from services.database import DbSession

DELIVERIES = "console_deliveries"
"""The channel on which workers hear that deploys wait."""


def wake_deliveries(db: DbSession) -> None:
    """Tell the workers, once this transaction commits, that deploys wait."""
    db.execute(text("SELECT pg_notify(:channel, '')"), {"channel": DELIVERIES})
