"""Delivering a deploy: claim it and write its attempt, then, after the POST, record what came of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from sqlalchemy import select

from models import Deploy, DeployAttempt, DeployStatus, DeployTrigger, ErrorKind, Project
from services import queue
from services.database import DbSession
from services.deploys import attempts, backoff
from services.deploys.attempts import Closing
from services.deploys.outcome import AttemptOutcome
from services.deploys.verdict import Verdict, judge

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
    hook_url: str = field(repr=False)
    idempotency_key: str
    trigger: DeployTrigger
    session_id: UUID
    project_id: UUID | None
    started_at: datetime


@dataclass(frozen=True)
class NotYet:
    """The deploy can't be taken now; ask again after `wait`."""

    wait: timedelta


def claim(db: DbSession, deploy_id: UUID, *, now: datetime, connected_at: datetime) -> Delivery | NotYet | None:
    """Take a deploy for delivery and write its attempt, to be committed before the POST.

    Args:
        connected_at: since when this worker has been connected. After an outage the one that holds an answer needs
            time to write it, so nobody takes an attempt for lost before having been back for `LOST_AFTER`.

    Returns:
        The attempt to make; or how long to wait; or None where nothing is left to deliver.
    """
    deploy = db.scalar(select(Deploy).where(Deploy.id == deploy_id).with_for_update())
    if deploy is None or not deploy.status.is_live:
        return None
    if deploy.next_attempt_at and deploy.next_attempt_at > now + DUE_TOLERANCE:
        return NotYet(deploy.next_attempt_at - now)
    if open_attempt := attempts.find_open(db, deploy_id):
        wait = max(open_attempt.started_at, connected_at) + LOST_AFTER - now
        if wait > timedelta():
            return NotYet(wait)
        if not _is_tried_again_after_loss(db, deploy, open_attempt, now):
            return None
    deploy.status, deploy.next_attempt_at = DeployStatus.IN_FLIGHT, None
    return _delivery(db, deploy, attempts.open_next(db, deploy, now=now))


def record(
    db: DbSession, delivery: Delivery, outcome: AttemptOutcome, *, now: datetime, random: Random
) -> Verdict | None:
    """Write an attempt's outcome and what follows for its deploy and its session.

    Returns:
        The verdict; None where nothing follows from it: the attempt had been taken for lost and did not succeed, so
        that the one after it counts, or it has an outcome already.
    """
    deploy = db.scalar(select(Deploy).where(Deploy.id == delivery.deploy_id).with_for_update())
    closing = attempts.close(db, delivery.attempt_id, outcome)
    verdict = judge(outcome)
    if deploy is None or not _counts(deploy.status, closing, verdict):
        return None
    deploy.status, wait = _next_state(deploy, delivery.attempt_number, verdict, random)
    deploy.next_attempt_at = None if wait is None else now + wait
    if wait is not None:
        queue.enqueue_delivery(db, deploy.id, at=now + wait, now=now)
    attempts.mirror(db, deploy.session_id, started_at=delivery.started_at, outcome=outcome, status=deploy.status)
    return verdict


def _counts(status: DeployStatus, closing: Closing, verdict: Verdict) -> bool:
    """Whether an outcome decides about its deploy: a success does even late, since the build was queued."""
    match closing:
        case Closing.ON_TIME:
            return status is DeployStatus.IN_FLIGHT
        case Closing.LATE:
            return verdict is Verdict.SUCCEEDED and status is not DeployStatus.CANCELLED
        case Closing.AGAIN:
            return False


def _delivery(db: DbSession, deploy: Deploy, attempt: DeployAttempt) -> Delivery:
    return Delivery(
        deploy_id=deploy.id,
        attempt_id=attempt.id,
        attempt_number=attempt.attempt_number,
        hook_url=deploy.hook_url,
        idempotency_key=deploy.idempotency_key,
        trigger=deploy.trigger,
        session_id=deploy.session_id,
        project_id=db.scalar(select(Project.id).where(Project.onboarding_session_id == deploy.session_id).limit(1)),
        started_at=attempt.started_at,
    )


def _is_tried_again_after_loss(db: DbSession, deploy: Deploy, lost: DeployAttempt, now: datetime) -> bool:
    """Close the attempt of a worker that died; the next is made at once, unless the schedule is used up."""
    outcome = AttemptOutcome(
        duration_ms=round((now - lost.started_at).total_seconds() * 1000),
        error_kind=ErrorKind.WORKER_LOST,
        error_message="The worker ended before it could record an answer.",
    )
    attempts.close(db, lost.id, outcome)
    if _is_schedule_used_up(deploy, lost.attempt_number):
        deploy.status, deploy.next_attempt_at = DeployStatus.DEAD_LETTERED, None
    attempts.mirror(db, deploy.session_id, started_at=lost.started_at, outcome=outcome, status=deploy.status)
    return deploy.status.is_live


def _next_state(
    deploy: Deploy, attempt_number: int, verdict: Verdict, random: Random
) -> tuple[DeployStatus, timedelta | None]:
    if verdict is Verdict.SUCCEEDED:
        return DeployStatus.SUCCEEDED, None
    if verdict is Verdict.FINAL or _is_schedule_used_up(deploy, attempt_number):
        return DeployStatus.DEAD_LETTERED, None
    return DeployStatus.RETRY_SCHEDULED, backoff.delay(_place(deploy, attempt_number) + 1, random=random)


def _is_schedule_used_up(deploy: Deploy, attempt_number: int) -> bool:
    return _place(deploy, attempt_number) >= len(backoff.SCHEDULE_S)


def _place(deploy: Deploy, attempt_number: int) -> int:
    """The attempt's place in the schedule, from 1; a retry by hand begins it anew."""
    return attempt_number - deploy.first_attempt_number + 1
