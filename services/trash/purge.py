"""Deleting for good what nobody restored in time."""

from datetime import datetime

from sqlalchemy import delete, func, select

from models import TrashedRecord
from services.database import DbSession

AT_ONCE = 1_000
"""Records that one run deletes; the next one goes on."""


def purge(db: DbSession, *, now: datetime) -> int:
    """Empty the trash of what has expired; how many records that were."""
    expired = (
        select(TrashedRecord.id).where(TrashedRecord.expires_at <= now).limit(AT_ONCE).with_for_update(skip_locked=True)
    )
    gone = delete(TrashedRecord).where(TrashedRecord.id.in_(expired)).returning(TrashedRecord.id).cte("gone")
    return db.scalar(select(func.count()).select_from(gone)) or 0
