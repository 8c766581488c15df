"""Forgetting: notices are deleted once every process that listens has read them, or is too late to."""

from datetime import timedelta

from sqlalchemy import text

from services.database import DbSession

KEPT = timedelta(minutes=5)
"""How long a notice is there at least after its transaction has committed."""
_MARK = text("INSERT INTO live_horizons DEFAULT VALUES")
_FORGET = text(
    """
    DELETE FROM live_notices
    WHERE xid < (SELECT xid FROM live_horizons WHERE at < clock_timestamp() - :kept ORDER BY xid DESC LIMIT 1)
    """
)
_FORGET_MARKS = text("DELETE FROM live_horizons WHERE at < clock_timestamp() - 2 * :kept")


def forget_old(db: DbSession) -> None:
    """Delete old notices, by the clock of the database, by which their readers go too.

    Not by their own times: where a transaction takes long, a notice is old before anybody could read it.
    """
    db.execute(_MARK)
    db.execute(_FORGET, {"kept": KEPT})
    db.execute(_FORGET_MARKS, {"kept": KEPT})
