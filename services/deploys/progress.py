"""How far a deploy has come."""

from uuid import UUID

from sqlalchemy import exists, select

from models import LIVE_STATUSES, Deploy, DeployAttempt
from services.database import DbSession


def first_attempt_has_ended(db: DbSession, deploy_id: UUID) -> bool:
    """Whether the first POST since the deploy was asked for, or was retried by hand, has an outcome.

    True as well where none is to come: the deploy was cancelled, or is gone.
    """
    ended = exists().where(
        DeployAttempt.deploy_id == Deploy.id,
        DeployAttempt.attempt_number >= Deploy.first_attempt_number,
        DeployAttempt.duration_ms.is_not(None),
    )
    waiting = select(Deploy.id).where(Deploy.id == deploy_id, Deploy.status.in_(LIVE_STATUSES), ~ended)
    return db.scalar(waiting) is None
