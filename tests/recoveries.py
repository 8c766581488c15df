"""Deploys that gave up, and outcomes written as a worker would, for tests of recoveries."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select, update

from models import Deploy, DeployAttempt, DeployStatus, FailureGroup, RecoveryItem, RecoveryItemStatus, SessionStatus
from services.database import DbSession
from tests.records import Records

GROUP = "1:aaaaaaaaaaaaaaaaaaaaaaaa"
OTHER = "1:bbbbbbbbbbbbbbbbbbbbbbbb"


def given_up(
    make: Records,
    count: int,
    *,
    fingerprint: str | None = GROUP,
    host: str = "hooks.example.com",
    at: datetime | None = None,
    status_code: int = 503,
) -> list[Deploy]:
    """Dead-lettered deploys of as many sessions, the oldest first, a second apart, each with its failed attempt."""
    at = at or make.now - timedelta(hours=1)
    owner = make.user()
    times = [at + timedelta(seconds=number) for number in range(count)]
    with make.at_once():
        sessions = [make.session(id=uuid4(), user=owner, status=SessionStatus.FAILED) for _ in times]
    with make.at_once():
        deploys = [
            make.deploy(
                id=uuid4(),
                session=session,
                hook_url=f"https://{host}/deploy/{uuid4().hex}",
                fingerprint=fingerprint,
                created_at=then,
                updated_at=then,
            )
            for session, then in zip(sessions, times, strict=True)
        ]
    with make.at_once():
        for deploy, then in zip(deploys, times, strict=True):
            make.attempt(deploy=deploy, started_at=then, fingerprint=fingerprint, status_code=status_code)
    return deploys


def group(make: Records, fingerprint: str = GROUP, **values: object) -> FailureGroup:
    """The failure group of a fingerprint."""
    defaults = {
        "fingerprint": fingerprint,
        "host": "hooks.example.com",
        "phase": "status",
        "status_code": 503,
        "shape": "busy",
        "first_seen_at": make.now,
        "last_seen_at": make.now,
    }
    record = FailureGroup(**defaults | values)
    make.db.add(record)
    make.db.flush()
    return record


def queued(db: DbSession, recovery_id: UUID) -> Sequence[UUID]:
    """The deploys that the recovery has queued and that have no outcome, in their order."""
    return db.scalars(
        select(RecoveryItem.deploy_id)
        .where(RecoveryItem.recovery_id == recovery_id, RecoveryItem.status == RecoveryItemStatus.QUEUED)
        .order_by(RecoveryItem.position)
    ).all()


def send(
    db: DbSession,
    deploy_ids: Iterable[UUID],
    *,
    at: datetime,
    ok: bool = True,
    fingerprint: str | None = GROUP,
    status: DeployStatus = DeployStatus.DEAD_LETTERED,
    **values: object,
) -> None:
    """Write what a worker writes of POSTs that end: an attempt each, and the deploy's status."""
    for deploy_id in deploy_ids:
        last = db.scalar(
            select(func.coalesce(func.max(DeployAttempt.attempt_number), 0)).where(DeployAttempt.deploy_id == deploy_id)
        )
        failure = {"status_code": 503, "fingerprint": fingerprint}
        attempt = DeployAttempt(
            deploy_id=deploy_id,
            attempt_number=last + 1,
            started_at=at,
            duration_ms=100,
            **({"status_code": 201} if ok else failure) | values,
        )
        db.add(attempt)
        becomes = DeployStatus.SUCCEEDED if ok else status
        due = at + timedelta(minutes=5) if becomes is DeployStatus.RETRY_SCHEDULED else None
        db.execute(update(Deploy).where(Deploy.id == deploy_id).values(status=becomes, next_attempt_at=due))
    db.flush()
