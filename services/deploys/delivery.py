"""Delivering a deploy: claim it and write its attempt, then, after the POST, record what came of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID, uuid4

from sqlalchemy import func, select, update

from models import Deploy, DeployAttempt, DeployStatus, DeployTrigger, ErrorKind, OnboardingSession, Project
from services import queue
from services.database import DbSession
from services.deploys import backoff
from services.deploys.outcome import AttemptOutcome
from services.deploys.verdict import Verdict, judge
from services.onboarding_status import session_after_deploy

ATTEMPT_LIMIT = timedelta(seconds=15)
"""How long one attempt may take in all."""
LOST_AFTER = ATTEMPT_LIMIT + timedelta(seconds=5)
"""An attempt that has been open for so long lost its worker: a living one would have ended it."""
DUE_TOLERANCE = timedelta(seconds=1)
"""How much earlier than due a job may come and still be taken: clocks of machines differ, and no wait is that short."""


@dataclass(frozen=True)
class Delivery:
    """One attempt that was claimed and must now be POSTed."""

    deploy_id: UUID
    attempt_id: UUID
    attempt_number: int
    hook_url: str
    idempotency_key: str
    trigger: DeployTrigger
    session_id: UUID
    project_id: UUID | None
    started_at: datetime


@dataclass(frozen=True)
class NotYet:
    """The deploy can't be taken now; ask again after `wait`."""

    wait: timedelta


def claim(db: DbSession, deploy_id: UUID, *, now: datetime) -> Delivery | NotYet | None:
    """Take a deploy for delivery and write its attempt, to be committed before the POST.

    Returns:
        The attempt to make; or how long to wait; or None where nothing is left to deliver.
    """
    deploy = db.scalar(select(Deploy).where(Deploy.id == deploy_id).with_for_update())
    if deploy is None or not deploy.status.is_live:
        return None
    if deploy.next_attempt_at and deploy.next_attempt_at > now + DUE_TOLERANCE:
        return NotYet(deploy.next_attempt_at - now)
    if deploy.status is DeployStatus.IN_FLIGHT and (wait := _close_lost_attempt(db, deploy_id, now)):
        return NotYet(wait)
    deploy.status, deploy.next_attempt_at = DeployStatus.IN_FLIGHT, None
    return _open_attempt(db, deploy, now)


def record(
    db: DbSession, delivery: Delivery, outcome: AttemptOutcome, *, now: datetime, random: Random
) -> Verdict | None:
    """Write an attempt's outcome and what follows for its deploy and its session.

    Returns:
        The verdict; None if another worker had taken the attempt for lost, whose own attempt then counts.
    """
    if not _close_attempt(db, delivery.attempt_id, outcome):
        return None
    verdict = judge(outcome)
    status, wait = _next_state(db, delivery, verdict, random)
    db.execute(
        update(Deploy)
        .where(Deploy.id == delivery.deploy_id, Deploy.status == DeployStatus.IN_FLIGHT)
        .values(status=status, next_attempt_at=None if wait is None else now + wait)
    )
    if wait is not None:
        queue.enqueue_delivery(db, delivery.deploy_id, at=now + wait, now=now)
    _mirror(db, delivery, outcome, status)
    return verdict


def _open_attempt(db: DbSession, deploy: Deploy, now: datetime) -> Delivery:
    attempt = DeployAttempt(
        id=uuid4(),
        deploy_id=deploy.id,
        attempt_number=_attempt_count(db, deploy.id) + 1,
        started_at=now,
    )
    db.add(attempt)
    db.flush()
    return Delivery(
        deploy_id=deploy.id,
        attempt_id=attempt.id,
        attempt_number=attempt.attempt_number,
        hook_url=deploy.hook_url,
        idempotency_key=deploy.idempotency_key,
        trigger=deploy.trigger,
        session_id=deploy.session_id,
        project_id=db.scalar(select(Project.id).where(Project.onboarding_session_id == deploy.session_id).limit(1)),
        started_at=now,
    )


def _attempt_count(db: DbSession, deploy_id: UUID) -> int:
    return db.scalar(select(func.max(DeployAttempt.attempt_number)).where(DeployAttempt.deploy_id == deploy_id)) or 0


def _close_lost_attempt(db: DbSession, deploy_id: UUID, now: datetime) -> timedelta | None:
    """Close the attempt of a worker that died, or say how long it may still be alive."""
    attempt = db.scalar(
        select(DeployAttempt).where(DeployAttempt.deploy_id == deploy_id, DeployAttempt.duration_ms.is_(None))
    )
    if attempt is None:
        return None
    age = now - attempt.started_at
    if age < LOST_AFTER:
        return LOST_AFTER - age
    _close_attempt(
        db,
        attempt.id,
        AttemptOutcome(
            duration_ms=round(age.total_seconds() * 1000),
            error_kind=ErrorKind.WORKER_LOST,
            error_message="The worker ended before it could record an answer.",
        ),
    )
    return None


def _close_attempt(db: DbSession, attempt_id: UUID, outcome: AttemptOutcome) -> bool:
    closed = db.scalar(
        update(DeployAttempt)
        .where(DeployAttempt.id == attempt_id, DeployAttempt.duration_ms.is_(None))
        .values(
            duration_ms=outcome.duration_ms,
            status_code=outcome.status_code,
            error_kind=outcome.error_kind,
            error_message=outcome.error_message,
            response_excerpt=outcome.response_excerpt,
            retry_after_s=outcome.retry_after_s,
        )
        .returning(DeployAttempt.id)
    )
    return closed is not None


def _next_state(
    db: DbSession, delivery: Delivery, verdict: Verdict, random: Random
) -> tuple[DeployStatus, timedelta | None]:
    if verdict is Verdict.SUCCEEDED:
        return DeployStatus.SUCCEEDED, None
    if verdict is Verdict.FINAL:
        return DeployStatus.DEAD_LETTERED, None
    first = db.scalar(select(Deploy.first_attempt_number).where(Deploy.id == delivery.deploy_id)) or 1
    wait = backoff.delay(delivery.attempt_number - first + 2, random=random)
    return (DeployStatus.DEAD_LETTERED, None) if wait is None else (DeployStatus.RETRY_SCHEDULED, wait)


def _mirror(db: DbSession, delivery: Delivery, outcome: AttemptOutcome, status: DeployStatus) -> None:
    """Show the newest outcome on the session, where the wizard's own program reads it."""
    session = db.get(OnboardingSession, delivery.session_id, with_for_update={"key_share": True})
    if session is None:
        return
    session.deploy_triggered_at = delivery.started_at
    session.deploy_response = outcome.as_deploy_response()
    session.status = session_after_deploy(session.status, status)
    db.flush()
