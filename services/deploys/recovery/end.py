"""The end of a recovery: none of its deploys waits or is under way."""

from datetime import datetime

from sqlalchemy import exists, func, select

from models import HELD_STATUSES, Recovery, RecoveryItem, RecoveryStatus
from services import audit
from services.database import DbSession
from services.permissions import WORKER


def end_if_over(db: DbSession, recovery: Recovery, *, now: datetime) -> None:
    """Close the recovery where nothing of it is left; a running one is finished then, an aborted one stays that.

    A paused or halted one has ended too, where all of it has, though nobody resumed it.
    """
    own = RecoveryItem.recovery_id == recovery.id
    if db.scalar(select(exists().where(own, RecoveryItem.status.in_(HELD_STATUSES)))):
        return
    counts = db.execute(select(RecoveryItem.status, func.count()).where(own).group_by(RecoveryItem.status)).all()
    recovery.tally = {str(status): count for status, count in counts}
    recovery.ended_at = now
    if recovery.status in (RecoveryStatus.RUNNING, RecoveryStatus.PAUSED):
        recovery.status = RecoveryStatus.FINISHED
        recovery.status_reason = None
        audit.record(db, WORKER, "recovery:finish", recovery.id, after={"status": recovery.status} | recovery.tally)
    db.flush()
