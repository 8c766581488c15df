"""What became of a recovery's queued deploys: decided by the first attempt since each was queued."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, literal, or_, select, update

from models import (
    LIVE_STATUSES,
    Deploy,
    DeployAttempt,
    DeployStatus,
    ErrorKind,
    RecoveryItem,
    RecoveryItemStatus,
)
from services.database import DbSession

CANCELLED = "Somebody cancelled the deploy before it was sent."
SUCCEEDED_LATE = "An earlier attempt of the deploy had succeeded after all."
NOT_SENT = "The deploy was given up before it was sent."


def settle(db: DbSession, recovery_id: UUID, *, now: datetime) -> int:
    """End the items whose deploy was sent, or will not be; what follows of a failed one is its own back-off.

    Returns:
        How many ended.
    """
    ended = _ended(recovery_id)
    statement = (
        update(RecoveryItem)
        .where(RecoveryItem.recovery_id == recovery_id, RecoveryItem.deploy_id == ended.c.deploy_id)
        .values(
            status=ended.c.status,
            attempt_number=func.coalesce(ended.c.attempt_number, RecoveryItem.attempt_number),
            met_fingerprint=ended.c.met_fingerprint,
            reason=ended.c.reason,
            ended_at=func.coalesce(ended.c.ended_at, now),
        )
        .execution_options(synchronize_session=False)
    )
    return int(db.execute(statement).rowcount)  # type: ignore[attr-defined]


def _ended(recovery_id: UUID) -> Any:
    """The queued items that ended, and how."""
    decides = _deciding_attempt()
    is_live = Deploy.status.in_(LIVE_STATUSES)
    sent = decides.c.attempt_number.is_not(None)
    status = case(
        (decides.c.ok, RecoveryItemStatus.SUCCEEDED.value),
        (sent, RecoveryItemStatus.FAILED.value),
        else_=RecoveryItemStatus.SKIPPED.value,
    )
    reason = case(
        (sent, None),
        (Deploy.status == DeployStatus.CANCELLED, CANCELLED),
        (Deploy.status == DeployStatus.SUCCEEDED, SUCCEEDED_LATE),
        else_=NOT_SENT,
    )
    return (
        select(
            RecoveryItem.deploy_id,
            status.label("status"),
            decides.c.attempt_number,
            case((sent & ~decides.c.ok, decides.c.fingerprint)).label("met_fingerprint"),
            reason.label("reason"),
            (decides.c.started_at + decides.c.duration_ms * literal(timedelta(milliseconds=1))).label("ended_at"),
        )
        .join(Deploy, Deploy.id == RecoveryItem.deploy_id)
        .outerjoin(decides, onclause=literal(True))
        .where(
            RecoveryItem.recovery_id == recovery_id,
            RecoveryItem.status == RecoveryItemStatus.QUEUED,
            or_(sent, ~is_live),
        )
        .subquery("ended")
    )


def _deciding_attempt() -> Any:
    """The first attempt with an outcome; that a worker was lost says nothing of the hook, unless it was the end."""
    is_lost = DeployAttempt.error_kind.is_not_distinct_from(ErrorKind.WORKER_LOST)
    return (
        select(DeployAttempt)
        .where(
            DeployAttempt.deploy_id == RecoveryItem.deploy_id,
            DeployAttempt.attempt_number >= RecoveryItem.attempt_number,
            DeployAttempt.ok.is_not(None),
            or_(~is_lost, Deploy.status.not_in(LIVE_STATUSES)),
        )
        .order_by(is_lost, DeployAttempt.attempt_number)
        .limit(1)
        .lateral("decides")
    )
