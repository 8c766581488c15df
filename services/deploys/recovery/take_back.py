"""Taking back deploys that a recovery queued and that no worker has POSTed yet."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select, update

from models import Deploy, DeployAttempt, DeployStatus, RecoveryItem, RecoveryItemStatus
from services.database import DbSession
from services.deploys.recovery.choice import CHUNK
from services.deploys.recovery.ids import is_among


def take_back(db: DbSession, recovery_id: UUID, *, skip_because: str | None = None, now: datetime) -> int:
    """Make them dead-lettered again, as they were; what is being POSTed, or was, goes its way.

    Args:
        skip_because: why they are let go for good; None where they wait for the recovery to go on.

    Returns:
        How many were taken back.
    """
    count, position = 0, 0
    queued = (
        select(RecoveryItem.deploy_id, RecoveryItem.position)
        .where(RecoveryItem.recovery_id == recovery_id, RecoveryItem.status == RecoveryItemStatus.QUEUED)
        .order_by(RecoveryItem.position)
        .limit(CHUNK)
    )
    while rows := db.execute(queued.where(RecoveryItem.position > position)).all():
        position = rows[-1].position
        taken = _unqueue(db, [row.deploy_id for row in rows])
        _note(db, recovery_id, taken, skip_because, now)
        count += len(taken)
    return count


def _unqueue(db: DbSession, deploy_ids: Sequence[UUID]) -> Sequence[UUID]:
    was_sent = exists().where(
        DeployAttempt.deploy_id == Deploy.id, DeployAttempt.attempt_number >= Deploy.first_attempt_number
    )
    return db.scalars(
        update(Deploy)
        .where(is_among(Deploy.id, deploy_ids), Deploy.status == DeployStatus.QUEUED, ~was_sent)
        .values(status=DeployStatus.DEAD_LETTERED, next_attempt_at=None)
        .returning(Deploy.id)
        .execution_options(synchronize_session=False)
    ).all()


def _note(
    db: DbSession, recovery_id: UUID, deploy_ids: Sequence[UUID], skip_because: str | None, now: datetime
) -> None:
    waits = skip_because is None
    db.execute(
        update(RecoveryItem)
        .where(RecoveryItem.recovery_id == recovery_id, is_among(RecoveryItem.deploy_id, deploy_ids))
        .values(
            status=RecoveryItemStatus.WAITING if waits else RecoveryItemStatus.SKIPPED,
            reason=skip_because,
            ended_at=None if waits else now,
        )
        .execution_options(synchronize_session=False)
    )
