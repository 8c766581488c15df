"""Taking back deploys that a recovery queued and that no worker has POSTed yet."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, update

from models import Deploy, DeployAttempt, DeployStatus, RecoveryItem, RecoveryItemStatus
from services.database import DbSession
from services.deploys.recovery.ids import is_among


def take_back(db: DbSession, recovery_id: UUID, *, skip_because: str | None = None, now: datetime) -> int:
    """Make them dead-lettered again, as they were; what is being POSTed, or was, goes its way.

    Args:
        skip_because: why they are let go for good; None where they wait for the recovery to go on.

    Returns:
        How many were taken back.
    """
    was_sent = exists().where(
        DeployAttempt.deploy_id == Deploy.id, DeployAttempt.attempt_number >= Deploy.first_attempt_number
    )
    taken = db.scalars(
        update(Deploy)
        .where(
            RecoveryItem.recovery_id == recovery_id,
            RecoveryItem.status == RecoveryItemStatus.QUEUED,
            RecoveryItem.deploy_id == Deploy.id,
            Deploy.status == DeployStatus.QUEUED,
            ~was_sent,
        )
        .values(status=DeployStatus.DEAD_LETTERED, next_attempt_at=None)
        .returning(Deploy.id)
        .execution_options(synchronize_session=False)
    ).all()
    if taken:
        waits = skip_because is None
        db.execute(
            update(RecoveryItem)
            .where(RecoveryItem.recovery_id == recovery_id, is_among(RecoveryItem.deploy_id, taken))
            .values(
                status=RecoveryItemStatus.WAITING if waits else RecoveryItemStatus.SKIPPED,
                reason=skip_because,
                ended_at=None if waits else now,
            )
            .execution_options(synchronize_session=False)
        )
    return len(taken)
