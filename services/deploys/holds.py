"""Holds: what keeps deploys waiting, for the page of one and for the console."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from models import WAITING_STATUSES, DeliveryPause, Deploy, DeployStatus, HookHost
from services.database import DbSession
from services.deploys import switches
from services.deploys.breaker import Circuit, CircuitState
from services.deploys.fairness import Lane
from services.deploys.limits import Limits
from services.permissions import Actor, Permission, Scope, can
from services.scopes import visible

COUNTED = 10_000
"""Deploys that are counted at most; this many means this many or more."""
TOLD = 5
"""Holds of one kind that the console tells of."""


class HoldKind(StrEnum):
    """Why a deploy waits. `due`: for nothing but a free worker."""

    PAUSED = "paused"
    SCHEDULED = "scheduled"
    CIRCUIT_OPEN = "circuit_open"
    HALF_OPEN = "half_open"
    AT_LIMIT = "at_limit"
    DUE = "due"


@dataclass(frozen=True)
class Hold:
    """One reason."""

    kind: HoldKind
    host: str | None
    """Null where it is for all hosts."""
    at: datetime | None = None
    """When it began, of a pause; else when it ends, where that is known."""
    by: str | None = None
    reason: str | None = None
    """Who paused, and why."""
    waiting: int | None = None
    """How many deploys it holds that the actor may see; null where that was not counted."""


@dataclass(frozen=True)
class Standstill:
    """What holds deploys now."""

    pauses: Sequence[Hold]
    """That of all hosts alone, where there is one; else those of single hosts."""
    circuits: Sequence[Hold]
    """Open circuits for which deploys wait."""
    more: int
    """Pauses of single hosts that are not among these."""
    may_look: bool
    """Whether the actor may see the page of deliveries."""


def of_deploy(db: DbSession, deploy: Deploy, *, limits: Limits, now: datetime) -> list[Hold]:
    """Why a deploy waits; empty for one that does not."""
    if deploy.status not in WAITING_STATUSES or deploy.next_attempt_at is None:
        return []
    for_all_or_this = or_(DeliveryPause.host.is_(None), DeliveryPause.host == deploy.host)
    pauses = db.scalars(select(DeliveryPause).where(for_all_or_this).order_by(DeliveryPause.host.is_not(None))).all()
    return decide(deploy.next_attempt_at, pauses, _lane(db, deploy.host, limits), now=now)


def decide(next_attempt_at: datetime, pauses: Sequence[DeliveryPause], lane: Lane, *, now: datetime) -> list[Hold]:
    """Why a deploy waits that is due at `next_attempt_at`: a pure decision.

    Args:
        pauses: those that concern it.
        lane: its host.
    """
    held = [_paused(pause) for pause in pauses]
    open_until = lane.circuit.open_until
    if next_attempt_at > now:
        held.append(Hold(HoldKind.SCHEDULED, lane.host, at=next_attempt_at))
    if open_until is not None and open_until > max(now, next_attempt_at):
        held.append(Hold(HoldKind.CIRCUIT_OPEN, lane.host, at=open_until))
    if held or lane.room(now) > 0:
        return held or [Hold(HoldKind.DUE, lane.host)]
    half_open = lane.circuit.state(now) is CircuitState.HALF_OPEN
    return [Hold(HoldKind.HALF_OPEN if half_open else HoldKind.AT_LIMIT, lane.host)]


def standstill(db: DbSession, actor: Actor, *, now: datetime) -> Standstill:
    """What holds deploys now; those who see their own records alone are told only of what holds these."""
    pauses, may_look = switches.pauses(db), can(actor, Permission.SEE_FAILURES)
    if pauses and pauses[0].host is None:
        return Standstill([_paused(pauses[0], _count(db, actor, None))], [], 0, may_look)
    concerning = _concerning(db, actor, pauses)
    told = [_paused(pause, _count(db, actor, pause.host)) for pause in concerning[:TOLD]]
    return Standstill(told, _open_circuits(db, actor, now), len(concerning[TOLD:]), may_look)


def _concerning(db: DbSession, actor: Actor, pauses: Sequence[DeliveryPause]) -> list[DeliveryPause]:
    if actor.scope(Permission.SEE_RECORDS) is Scope.ALL or not pauses:
        return list(pauses)
    holding = select(DeliveryPause.id).where(_waiting(actor).where(Deploy.host == DeliveryPause.host).exists())
    ids = set(db.scalars(holding))
    return [pause for pause in pauses if pause.id in ids]


def _open_circuits(db: DbSession, actor: Actor, now: datetime) -> list[Hold]:
    paused = select(DeliveryPause.id).where(DeliveryPause.host == HookHost.host).exists()
    holding = _waiting(actor).where(Deploy.host == HookHost.host).exists()
    rows = db.execute(
        select(HookHost.host, HookHost.open_until)
        .where(HookHost.open_until > now, ~paused, holding)
        .order_by(HookHost.open_until.desc(), HookHost.host)
        .limit(TOLD)
    )
    return [Hold(HoldKind.CIRCUIT_OPEN, host, at=until, waiting=_count(db, actor, host)) for host, until in rows]


def _waiting(actor: Actor) -> Select[UUID]:
    return select(Deploy.id).where(Deploy.status.in_(WAITING_STATUSES), visible(Deploy, actor))


def _paused(pause: DeliveryPause, waiting: int | None = None) -> Hold:
    return Hold(HoldKind.PAUSED, pause.host, pause.paused_at, pause.paused_by, pause.reason, waiting)


def _count(db: DbSession, actor: Actor, host: str | None) -> int:
    """How many deploys wait, for this host or for any, that the actor may see."""
    waiting = _waiting(actor)
    if host is not None:
        waiting = waiting.where(Deploy.host == host)
    return db.scalar(select(func.count()).select_from(waiting.limit(COUNTED).subquery())) or 0


def _lane(db: DbSession, host: str, limits: Limits) -> Lane:
    row = db.get(HookHost, host, populate_existing=True)
    in_flight = select(func.count()).where(Deploy.host == host, Deploy.status == DeployStatus.IN_FLIGHT)
    return Lane(
        host=host,
        max_in_flight=(row and row.max_in_flight) or limits.host_in_flight,
        max_per_s=(row and row.max_per_s) or limits.host_per_s,
        in_flight=db.scalar(in_flight) or 0,
        rate_at=row.rate_at if row else None,
        circuit=Circuit(row.open_until, row.judged_from) if row else Circuit(),
    )
