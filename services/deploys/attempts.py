"""The rows of attempts: opened before the POST, closed with its outcome, mirrored on the session."""

from datetime import datetime
from enum import Enum, auto
from uuid import UUID, uuid4

from sqlalchemy import func, select

from models import Deploy, DeployAttempt, DeployStatus, ErrorKind, OnboardingSession
from services.database import DbSession
from services.deploys.outcome import AttemptOutcome
from services.onboarding_status import session_after_deploy


class Closing(Enum):
    """What an attempt was when its outcome came."""

    ON_TIME = auto()
    LATE = auto()
    """It had been taken for lost."""
    AGAIN = auto()
    """It had an outcome already, which stands."""


def open_next(db: DbSession, deploy: Deploy, *, now: datetime) -> DeployAttempt:
    """Add the deploy's next attempt."""
    last = db.scalar(select(func.max(DeployAttempt.attempt_number)).where(DeployAttempt.deploy_id == deploy.id))
    attempt = DeployAttempt(id=uuid4(), deploy_id=deploy.id, attempt_number=(last or 0) + 1, started_at=now)
    db.add(attempt)
    db.flush()
    return attempt


def find_open(db: DbSession, deploy_id: UUID) -> DeployAttempt | None:
    """The attempt of a deploy that has no outcome yet, locked."""
    return db.scalar(
        select(DeployAttempt)
        .where(DeployAttempt.deploy_id == deploy_id, DeployAttempt.duration_ms.is_(None))
        .with_for_update()
    )


def close(db: DbSession, attempt_id: UUID, outcome: AttemptOutcome) -> Closing:
    """Write an attempt's outcome, unless it has one; a real outcome goes before that of having been lost."""
    attempt = db.get(DeployAttempt, attempt_id, with_for_update=True, populate_existing=True)
    if attempt is None or (attempt.duration_ms is not None and attempt.error_kind is not ErrorKind.WORKER_LOST):
        return Closing.AGAIN
    closing = Closing.ON_TIME if attempt.duration_ms is None else Closing.LATE
    attempt.duration_ms = outcome.duration_ms
    attempt.status_code = outcome.status_code
    attempt.error_kind = outcome.error_kind
    attempt.error_message = outcome.error_message
    attempt.response_excerpt = outcome.response_excerpt
    attempt.retry_after_s = outcome.retry_after_s
    db.flush()
    return closing


def mirror(
    db: DbSession, session_id: UUID, *, started_at: datetime, outcome: AttemptOutcome, status: DeployStatus
) -> None:
    """Show the newest outcome on the session, where the wizard's own program reads it."""
    session = db.get(OnboardingSession, session_id, with_for_update={"key_share": True}, populate_existing=True)
    if session is None:
        return
    session.deploy_triggered_at = started_at
    session.deploy_response = outcome.as_deploy_response()
    session.status = session_after_deploy(session.status, status)
    db.flush()
