"""Taking back deploys that a recovery queued and that no worker has POSTed yet."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, update

from models import RecoveryItem, RecoveryItemStatus
from services.database import DbSession
from services.deploys.recovery.choice import CHUNK
from services.deploys.recovery.ids import is_among

_UNQUEUE = text(
    """
    UPDATE deploys d SET status = 'dead_lettered', next_attempt_at = NULL
    FROM unnest(CAST(:ids AS uuid[]), CAST(:numbers AS int[])) AS q (id, number)
    WHERE d.id = q.id AND d.status = 'queued' AND d.first_attempt_number = q.number
    AND NOT EXISTS (SELECT FROM deploy_attempts a WHERE a.deploy_id = d.id AND a.attempt_number >= q.number)
    RETURNING d.id
    """
)


def take_back(db: DbSession, recovery_id: UUID, *, skip_because: str | None = None, now: datetime) -> int:
    """Make them dead-lettered again, as they were; what is being POSTed, or was, goes its way.

    Args:
        skip_because: why they are let go for good; None where they wait for the recovery to go on.

    Returns:
        How many were taken back.
    """
    count, position = 0, 0
    queued = (
        select(RecoveryItem.deploy_id, RecoveryItem.position, RecoveryItem.attempt_number)
        .where(RecoveryItem.recovery_id == recovery_id, RecoveryItem.status == RecoveryItemStatus.QUEUED)
        .order_by(RecoveryItem.position)
        .limit(CHUNK)
    )
    while rows := db.execute(queued.where(RecoveryItem.position > position)).all():
        position = rows[-1].position
        taken = _unqueue(db, {row.deploy_id: row.attempt_number for row in rows})
        _note(db, recovery_id, taken, skip_because, now)
        count += len(taken)
    return count


def _unqueue(db: DbSession, queued: Mapping[UUID, int]) -> Sequence[UUID]:
    """Those that nobody sent since the recovery queued them, and that nobody else has queued since.

    Args:
        queued: the attempt with which the recovery queued each.
    """
    return db.scalars(_UNQUEUE, {"ids": list(queued), "numbers": list(queued.values())}).all()


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
