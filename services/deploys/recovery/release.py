"""Queueing deploys of a recovery's wave, as many as may be under way at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    Text,
    Uuid,
    case,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased

from models import (
    AuditEvent,
    DeliveryPause,
    Deploy,
    DeployStatus,
    HookHost,
    Recovery,
    RecoveryItem,
    RecoveryItemStatus,
)
from services import queue
from services.database import DbSession
from services.deploys.attempts import last_number
from services.deploys.limits import Limits
from services.deploys.recovery.candidates import Obstacle, obstacle
from services.deploys.recovery.ids import is_among

SLICE = 1_000
"""Deploys that are queued at a time, at most."""
TRIES = 5
"""How often a slice is tried when somebody makes a deploy of one of its sessions at the same moment."""
TAKEN = "Somebody retried the deploy meanwhile, so it was not this recovery's to queue."
_QUEUED_BY = "worker"
_WAITING: ColumnElement[str] = literal_column(f"'{RecoveryItemStatus.WAITING}'", Text())
"""Written out and no parameter, since a plan that is made once for all parameters can't use the partial index."""


def release(db: DbSession, recovery: Recovery, *, limits: Limits, now: datetime) -> int:
    """Queue what may be under way of the wave: of each host so many, and of hosts that are paused or open none.

    Returns:
        How many deploys were queued.
    """
    chosen = _next(db, recovery, limits, now)
    return queue_deploys(db, recovery, chosen, now=now) if chosen else 0


def queue_deploys(db: DbSession, recovery: Recovery, deploy_ids: Sequence[UUID], *, now: datetime) -> int:
    """Queue deploys that wait in the recovery; those that can't be queued any more are skipped, and it is said why.

    Returns:
        How many were queued.
    """
    queued = _requeue(db, deploy_ids, now)
    if queued:
        _mark_queued(db, recovery, list(queued), now)
        queue.wake_deliveries(db)
    left = [deploy_id for deploy_id in deploy_ids if deploy_id not in queued]
    if left:
        _skip(db, recovery.id, left, now)
    return len(queued)


def _next(db: DbSession, recovery: Recovery, limits: Limits, now: datetime) -> Sequence[UUID]:
    """The next deploys of the wave by host, in their order."""
    own = RecoveryItem.recovery_id == recovery.id
    of_wave = (own, RecoveryItem.wave == recovery.wave)
    size = db.scalars(select(func.count()).select_from(RecoveryItem).where(*of_wave)).one()
    waiting = (*of_wave, RecoveryItem.status == _WAITING)
    under_way = (
        select(RecoveryItem.host, func.count().label("deploys"))
        .where(own, RecoveryItem.status == RecoveryItemStatus.QUEUED)
        .group_by(RecoveryItem.host)
        .cte("under_way")
    )
    hosts = select(RecoveryItem.host).where(*waiting).distinct().cte("hosts")
    room = (
        select(hosts.c.host, _limit_of(size, limits) - func.coalesce(under_way.c.deploys, 0))
        .outerjoin(under_way, under_way.c.host == hosts.c.host)
        .outerjoin(HookHost, HookHost.host == hosts.c.host)
        .where(~_is_paused(hosts.c.host), or_(HookHost.open_until.is_(None), HookHost.open_until <= now))
        .cte("room")
    )
    free = room.c[1]
    item = aliased(RecoveryItem)
    of_host = (
        select(item.deploy_id, item.position)
        .where(
            item.recovery_id == recovery.id,
            item.wave == recovery.wave,
            item.status == _WAITING,
            item.host == room.c.host,
        )
        .order_by(item.position)
        .limit(func.greatest(free, 0))
        .lateral("of_host")
    )
    query = select(of_host.c.deploy_id).select_from(room).join(of_host, onclause=literal(True))
    return db.scalars(query.order_by(of_host.c.position).limit(SLICE)).all()


def _limit_of(wave_size: int, limits: Limits) -> Any:
    """`waves.under_way_limit` for each host, in SQL since a host may have limits of its own."""
    in_flight = func.coalesce(HookHost.max_in_flight, limits.host_in_flight)
    per_s = func.coalesce(HookHost.max_per_s, limits.host_per_s)
    tenth = -(-wave_size // 10)
    return func.greatest(in_flight, func.least(tenth, 2 * per_s))


def _is_paused(host: Any) -> Any:
    return exists().where(or_(DeliveryPause.host.is_(None), DeliveryPause.host == host))


def _requeue(db: DbSession, deploy_ids: Sequence[UUID], now: datetime) -> set[UUID]:
    """Queue those that still can be.

    A deploy of one of the sessions that somebody makes at the same moment is refused by the partial unique index, or
    refuses all of ours; on the next try it is seen, and only its sibling is left out.
    """
    statement = (
        update(Deploy)
        .where(
            is_among(Deploy.id, deploy_ids),
            Deploy.status == DeployStatus.DEAD_LETTERED,
            obstacle(but_held=True).is_(None),
        )
        .values(status=DeployStatus.QUEUED, next_attempt_at=now, first_attempt_number=last_number(Deploy.id) + 1)
        .returning(Deploy.id)
        .execution_options(synchronize_session=False)
    )
    for tried in range(1, TRIES + 1):
        try:
            with db.begin_nested():
                return set(db.scalars(statement))
        except IntegrityError:
            if tried == TRIES:
                raise
    return set()


def _mark_queued(db: DbSession, recovery: Recovery, deploy_ids: Sequence[UUID], now: datetime) -> None:
    """Note the attempt that decides, and leave one audit event for each deploy, the first time that it is queued."""
    own = (RecoveryItem.recovery_id == recovery.id, is_among(RecoveryItem.deploy_id, deploy_ids))
    is_new = RecoveryItem.attempt_number.is_(None)
    db.execute(_events(recovery, select(RecoveryItem.deploy_id).where(*own, is_new)))
    db.execute(
        update(RecoveryItem)
        .where(*own, Deploy.id == RecoveryItem.deploy_id)
        .values(status=RecoveryItemStatus.QUEUED, attempt_number=Deploy.first_attempt_number)
        .execution_options(synchronize_session=False)
    )


def _events(recovery: Recovery, deploy_ids: Select[Any]) -> Insert:
    """An audit event for each of the deploys, as `services.audit.record` writes one."""
    event: dict[str, Any] = {
        "actor_id": literal(recovery.actor_id, Uuid()),
        "actor": literal(recovery.actor),
        "origin": literal(_QUEUED_BY),
        "tag": literal("deploy:recover"),
        "subject_kind": literal("deploy"),
        "before": literal({"status": DeployStatus.DEAD_LETTERED}, JSONB()),
        "after": literal({"status": DeployStatus.QUEUED, "recovery_id": str(recovery.id)}, JSONB()),
    }
    names = ["subject_id", *event]
    return insert(AuditEvent).from_select(names, deploy_ids.add_columns(*event.values()), include_defaults=False)


def _skip(db: DbSession, recovery_id: UUID, deploy_ids: Sequence[UUID], now: datetime) -> None:
    why = case({why.value: why.words for why in Obstacle}, value=obstacle(but_held=True), else_=TAKEN)
    reason = select(case((Deploy.status != DeployStatus.DEAD_LETTERED, TAKEN), else_=why))
    db.execute(
        update(RecoveryItem)
        .where(RecoveryItem.recovery_id == recovery_id, is_among(RecoveryItem.deploy_id, deploy_ids))
        .values(
            status=RecoveryItemStatus.SKIPPED,
            ended_at=now,
            reason=reason.where(Deploy.id == RecoveryItem.deploy_id).scalar_subquery(),
        )
        .execution_options(synchronize_session=False)
    )
