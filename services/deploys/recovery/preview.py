"""What a recovery would do, before it does anything."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from models import DeliveryPause, Deploy, DeployAttempt, HookHost
from services.database import DbSession
from services.deploys.limits import Limits
from services.deploys.recovery import waves
from services.deploys.recovery.candidates import Obstacle, candidates, recoverable
from services.deploys.recovery.order import in_order
from services.deploys.recovery.selection import Selection
from services.deploys.recovery.titles import UNNAMED, titles
from services.permissions import Actor, Permission, require

SAMPLE = 5
SHOWN = 20
"""Hosts and groups that are told apart, those with most deploys; the rest is counted."""
MEASURED = 5_000
"""The newest attempts, of all hosts, from which it is told how long a POST takes."""
DEFAULT_POST_S = 1.0
"""What a POST is taken to last where none was measured."""


@dataclass(frozen=True)
class HostPart:
    """The deploys of one host."""

    host: str
    deploys: int
    seconds: int
    """How long they take at the host's limits, at the least."""
    paused: bool
    """Whether its deliveries are paused, so that its deploys wait until they are resumed."""
    open_until: datetime | None
    """Until when its circuit is open, so that its deploys wait."""


@dataclass(frozen=True)
class GroupPart:
    """The deploys of one failure group."""

    fingerprint: str | None
    title: str
    deploys: int


@dataclass(frozen=True)
class SampleDeploy:
    """One of the deploys that would go first."""

    id: UUID
    hook: str
    """Masked."""
    failed_at: datetime


@dataclass(frozen=True)
class Preview:
    """What a selection comes to at one moment."""

    selection: Selection
    as_of: datetime
    """The moment, by the database's clock: what is dead-lettered after it is not recovered."""
    total: int
    hosts: Sequence[HostPart]
    host_count: int
    groups: Sequence[GroupPart]
    group_count: int
    oldest: datetime | None
    newest: datetime | None
    sample: Sequence[SampleDeploy]
    skipped: dict[Obstacle, int]
    """How many dead-lettered deploys match and are left out, by what stands against them."""
    waves: tuple[int, ...]
    seconds: int
    """How long it takes at today's limits, without what waits for a pause or an open circuit."""

    @property
    def waits(self) -> list[HostPart]:
        """The hosts whose deploys wait for a person, or for a circuit."""
        return [part for part in self.hosts if part.paused or part.open_until]


def preview(db: DbSession, *, actor: Actor, selection: Selection, limits: Limits, now: datetime) -> Preview:
    """Count, without changing anything, what a recovery of the selection would take now.

    Raises:
        ForbiddenError: the role does not permit to recover deploys.
    """
    require(actor, Permission.RECOVER_DEPLOYS)
    as_of = db.scalars(select(func.clock_timestamp())).one()  # the clock that stamps the deploys themselves
    rows = _counted(db, selection, actor, as_of)
    going = [row for row in rows if row.obstacle is None]
    hosts = _sums(going, "host")
    groups = _sums(going, "fingerprint")
    paces = _paces(db, hosts, limits)
    return Preview(
        selection=selection,
        as_of=as_of,
        total=hosts.total(),
        hosts=_host_parts(db, hosts, paces, now),
        host_count=len(hosts),
        groups=_group_parts(db, groups),
        group_count=len(groups),
        oldest=min((row.oldest for row in going), default=None),
        newest=max((row.newest for row in going), default=None),
        sample=_sample(db, selection, actor, as_of) if going else [],
        skipped=_skipped(rows),
        waves=tuple(size for size in waves.sizes(hosts.total()) if size),
        seconds=waves.estimate_s(list(paces.values())),
    )


def _counted(db: DbSession, selection: Selection, actor: Actor, as_of: datetime) -> Sequence[Any]:
    chosen = candidates(selection, actor)
    key = (chosen.c.host, chosen.c.fingerprint, chosen.c.obstacle)
    return db.execute(
        select(
            *key,
            func.count().label("deploys"),
            func.min(chosen.c.failed_at).label("oldest"),
            func.max(chosen.c.failed_at).label("newest"),
        )
        .where(chosen.c.dead_lettered_at <= as_of)
        .group_by(*key)
    ).all()


def _sums(rows: Sequence[Any], name: str) -> Counter[Any]:
    sums: Counter[Any] = Counter()
    for row in rows:
        sums[getattr(row, name)] += row.deploys
    return sums


def _skipped(rows: Sequence[Any]) -> dict[Obstacle, int]:
    sums = _sums([row for row in rows if row.obstacle is not None], "obstacle")
    return {obstacle: sums[obstacle.value] for obstacle in Obstacle if sums[obstacle.value]}


def _paces(db: DbSession, hosts: Counter[str], limits: Limits) -> dict[str, waves.HostPace]:
    own = {row.host: row for row in db.execute(select(HookHost.host, HookHost.max_per_s, HookHost.max_in_flight)).all()}
    medians = _medians(db)
    usual = medians.get(None, DEFAULT_POST_S)
    return {
        host: waves.HostPace(
            deploys=count,
            per_s=(own[host].max_per_s if host in own else None) or limits.host_per_s,
            in_flight=(own[host].max_in_flight if host in own else None) or limits.host_in_flight,
            median_s=medians.get(host, usual),
        )
        for host, count in hosts.items()
    }


def _medians(db: DbSession) -> dict[str | None, float]:
    """The median seconds of a recent POST by host, and of all under None."""
    recent = (
        select(DeployAttempt.deploy_id, DeployAttempt.duration_ms)
        .where(DeployAttempt.duration_ms.is_not(None))
        .order_by(DeployAttempt.started_at.desc(), DeployAttempt.id.desc())
        .limit(MEASURED)
        .subquery()
    )
    median = func.percentile_cont(0.5).within_group(recent.c.duration_ms)
    rows = db.execute(
        select(Deploy.host, median)
        .join(recent, recent.c.deploy_id == Deploy.id)
        .group_by(func.grouping_sets(Deploy.host, func.row()))
    )
    return {host: milliseconds / 1000 for host, milliseconds in rows if milliseconds is not None}


def _host_parts(
    db: DbSession, hosts: Counter[str], paces: dict[str, waves.HostPace], now: datetime
) -> Sequence[HostPart]:
    shown = hosts.most_common(SHOWN)
    paused = set(db.scalars(select(DeliveryPause.host)))
    circuits = select(HookHost.host, HookHost.open_until).where(HookHost.open_until > now)
    open_until = {row.host: row.open_until for row in db.execute(circuits)}
    return [
        HostPart(
            host=host,
            deploys=count,
            seconds=round(paces[host].seconds),
            paused=host in paused or None in paused,
            open_until=open_until.get(host),
        )
        for host, count in shown
    ]


def _group_parts(db: DbSession, groups: Counter[str | None]) -> Sequence[GroupPart]:
    shown = groups.most_common(SHOWN)
    names = titles(db, [fingerprint for fingerprint, _ in shown if fingerprint is not None])
    return [
        GroupPart(fingerprint, UNNAMED if fingerprint is None else names[fingerprint], count)
        for fingerprint, count in shown
    ]


def _sample(db: DbSession, selection: Selection, actor: Actor, as_of: datetime) -> Sequence[SampleDeploy]:
    chosen = candidates(selection, actor)
    first = in_order(recoverable(chosen).where(chosen.c.dead_lettered_at <= as_of)).subquery()
    shown = select(first.c.id, first.c.hook_masked, first.c.failed_at).order_by(first.c.position).limit(SAMPLE)
    return [SampleDeploy(row.id, row.hook_masked, row.failed_at) for row in db.execute(shown)]
