"""How long bulk jobs are kept."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import aliased

from models import BulkJob
from services.database import DbSession

KEPT = timedelta(days=90)
"""How long a job that is over is kept with what became of each record; the audit trail keeps who did what."""
AT_ONCE = 10
"""Jobs that go at a time: each may have 100,000 items, and upkeep is one transaction."""


def forget_old(db: DbSession, *, now: datetime) -> None:
    """Delete jobs that have been over for long, the oldest first; one to which another job goes back goes after it."""
    follower = aliased(BulkJob)
    goes_back = or_(follower.undo_of == BulkJob.id, follower.retry_of == BulkJob.id)
    over = select(BulkJob.id).where(BulkJob.ended_at <= now - KEPT, ~select(follower.id).where(goes_back).exists())
    oldest = over.order_by(BulkJob.created_at).limit(AT_ONCE)
    db.execute(delete(BulkJob).where(BulkJob.id.in_(oldest)).execution_options(synchronize_session=False))
