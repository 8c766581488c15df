"""What needs attention now: everything that is wrong, the worst first, each with what, since when and how many."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import func, select

from models import (
    Deploy,
    DeployStatus,
    OnboardingSession,
    Project,
    Recovery,
    RecoveryStatus,
    SessionStatus,
)
from services import hourly, periods
from services.database import DbSession
from services.deploys import failures, holds, rekeying, stuck
from services.deploys.failures import FailureOrder, GroupRow
from services.deploys.holds import Hold
from services.periods import Period
from services.permissions import Actor, Permission, can
from services.project_health import EARLY, LYING_AFTER
from services.scopes import visible

SHOWN = 5
"""Items that are shown where not all are asked for."""
GROUPS_SHOWN = 3
"""Failure groups among these, so that they leave room for what else is wrong."""
COUNTED = 10_000
"""Records that are counted at most; this many means this many or more."""
RECENT = timedelta(days=7)
"""How far back sessions that failed without a deploy are looked for."""
LOOKED_AT = 1_000
"""Failed sessions, the newest, among which they are looked for."""


class Kind(StrEnum):
    """What is wrong, the worst first."""

    SEALED = "sealed"
    NO_WORKER = "no_worker"
    PAUSED_ALL = "paused_all"
    HALTED = "halted"
    FAILURES = "failures"
    STUCK = "stuck"
    PAUSED = "paused"
    CIRCUIT = "circuit"
    GIVEN_UP = "given_up"
    WITHOUT_DEPLOY = "without_deploy"
    LYING = "lying"


@dataclass(frozen=True)
class Item:
    """One thing that is wrong; what is null does not apply to its kind."""

    kind: Kind
    count: int = 0
    """How many deploys, sessions or projects it is about; `COUNTED` for that many or more."""
    since: datetime | None = None
    until: datetime | None = None
    """When it is tried again by itself."""
    record_id: UUID | None = None
    """The failure group, the recovery, or the session where it is about one alone."""
    host: str | None = None
    by: str | None = None
    reason: str | None = None
    """Who paused it and why, or why it halted. People's text."""
    group: GroupRow | None = None
    hanging: int = 0
    """Attempts that no worker will end."""
    may_act: bool = False
    """Whether the actor may do what puts it right; else it can only be looked at."""

    @property
    def place(self) -> str:
        """What it is known by on a page, where no two are the same."""
        return f"{self.kind}-{self.record_id or self.host or 'all'}"


@dataclass(frozen=True)
class Attention:
    """The answer to whether anything is wrong."""

    items: Sequence[Item]
    """The worst first; not more than `SHOWN` unless all were asked for."""
    total: int
    """How many there are."""
    is_whole: bool
    """Whether `total` is exact; else there are more."""
    shows_all: bool
    retrying: int
    """Deploys that failed and are tried again by themselves, which needs nobody."""
    succeeded: int
    """Attempts that succeeded in the last 24 hours, the hour under way included."""
    failed: int
    may_see_failures: bool


def attention(db: DbSession, actor: Actor, *, now: datetime, shows_all: bool = False) -> Attention:
    """What is wrong now, in the actor's scope; a dozen queries, each bounded however many records there are."""
    groups = _groups(db, actor, now)
    given_up = [row for row in groups if row.deploys.dead_lettered]
    items = sorted(_items(db, actor, given_up, now), key=_rank)
    outcomes = hourly.attempts(db, actor, since=periods.window(Period.DAY, now=now).starts_at)
    return Attention(
        items=items if shows_all else shortened(items),
        total=len(items),
        is_whole=len(groups) < failures.CANDIDATES,
        shows_all=shows_all,
        retrying=sum(row.deploys.live for row in groups),
        succeeded=sum(outcomes.get(hourly.SUCCEEDED, {}).values()),
        failed=sum(outcomes.get(hourly.FAILED, {}).values()),
        may_see_failures=can(actor, Permission.SEE_FAILURES),
    )


def shortened(items: Sequence[Item]) -> list[Item]:
    """The few that are shown first, in their order: `SHOWN`, but of failure groups only as many as leave room."""
    others = sum(item.kind is not Kind.FAILURES for item in items)
    groups_left = max(GROUPS_SHOWN, SHOWN - others)
    chosen: list[Item] = []
    for item in items:
        if item.kind is Kind.FAILURES:
            groups_left -= 1
        if item.kind is not Kind.FAILURES or groups_left >= 0:
            chosen.append(item)
    return chosen[:SHOWN]


def _rank(item: Item) -> tuple[int, int]:
    """Stable, so that of two with as many the one that its source told of first comes first."""
    return list(Kind).index(item.kind), -item.count


def _items(db: DbSession, actor: Actor, groups: Sequence[GroupRow], now: datetime) -> Iterable[Item]:
    for group in groups:
        yield _group(actor, group)
    for source in _SOURCES:
        yield from source(db, actor, now)


def _groups(db: DbSession, actor: Actor, now: datetime) -> list[GroupRow]:
    if not can(actor, Permission.SEE_FAILURES):
        return []
    return failures.list_groups(db, now=now, order=FailureOrder.MOST, limit=failures.CANDIDATES).rows


def _group(actor: Actor, row: GroupRow) -> Item:
    return Item(
        Kind.FAILURES,
        count=row.deploys.dead_lettered,
        since=row.group.reopened_at or row.group.first_seen_at,
        record_id=row.group.id,
        host=row.group.host,
        group=row,
        may_act=can(actor, Permission.RECOVER_DEPLOYS),
    )


def _sealed(db: DbSession, actor: Actor, now: datetime) -> Iterable[Item]:
    """Deploys whose hook no key opens, told to those who could reveal it."""
    count = rekeying.unreadable_waiting(db, most=COUNTED) if can(actor, Permission.REVEAL_HOOK) else 0
    return [Item(Kind.SEALED, count)] if count else []


def _stuck(db: DbSession, actor: Actor, now: datetime) -> Iterable[Item]:
    found = stuck.stuck(db, actor, now=now)
    if found.nobody_works(now=now):
        waiting = min(found.waiting, COUNTED)
        return [Item(Kind.NO_WORKER, count=waiting, since=found.since, hanging=found.hanging)]
    return [Item(Kind.STUCK, count=host.waiting, since=host.since, host=host.host) for host in found.hosts]


def _held(db: DbSession, actor: Actor, now: datetime) -> Iterable[Item]:
    standstill = holds.standstill(db, actor, now=now)
    may_act = can(actor, Permission.PAUSE_DELIVERIES)
    for hold in standstill.pauses:
        yield _hold(Kind.PAUSED_ALL if hold.host is None else Kind.PAUSED, hold, may_act, since=hold.at)
    for hold in standstill.circuits:
        yield _hold(Kind.CIRCUIT, hold, may_act, until=hold.at)


def _hold(
    kind: Kind, hold: Hold, may_act: bool, *, since: datetime | None = None, until: datetime | None = None
) -> Item:
    return Item(
        kind,
        count=hold.waiting or 0,
        since=since,
        until=until,
        host=hold.host,
        by=hold.by,
        reason=hold.reason,
        may_act=may_act,
    )


def _halted(db: DbSession, actor: Actor, now: datetime) -> Iterable[Item]:
    if not can(actor, Permission.SEE_FAILURES):
        return []
    halted = db.scalars(
        select(Recovery)
        .where(Recovery.ended_at.is_(None), Recovery.status == RecoveryStatus.HALTED)
        .order_by(Recovery.created_at.desc())
        .limit(SHOWN)
    )
    may_act = can(actor, Permission.RECOVER_DEPLOYS)
    return [
        Item(Kind.HALTED, row.total, row.created_at, record_id=row.id, reason=row.status_reason, may_act=may_act)
        for row in halted
    ]


def _given_up(db: DbSession, actor: Actor, now: datetime) -> Iterable[Item]:
    """A person's own sessions whose deploy was given up; those who see failures are told of their causes instead."""
    if can(actor, Permission.SEE_FAILURES):
        return []
    own = (visible(OnboardingSession, actor), OnboardingSession.status == SessionStatus.FAILED)
    newest = (
        select(Deploy.status)
        .where(Deploy.session_id == OnboardingSession.id)
        .order_by(Deploy.created_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = db.execute(
        select(OnboardingSession.id, OnboardingSession.updated_at)
        .where(*own, newest == DeployStatus.DEAD_LETTERED)
        .order_by(OnboardingSession.updated_at.desc())
        .limit(COUNTED)
    ).all()
    if not rows:
        return []
    one = rows[0].id if len(rows) == 1 else None
    return [
        Item(
            Kind.GIVEN_UP,
            len(rows),
            rows[-1].updated_at,
            record_id=one,
            may_act=can(actor, Permission.RETRY_DEPLOY),
        )
    ]


def _without_deploy(db: DbSession, actor: Actor, now: datetime) -> Iterable[Item]:
    newest = (
        select(OnboardingSession.id, OnboardingSession.updated_at)
        .where(
            visible(OnboardingSession, actor),
            OnboardingSession.status == SessionStatus.FAILED,
            OnboardingSession.updated_at > now - RECENT,
        )
        .order_by(OnboardingSession.updated_at.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    rows = db.execute(
        select(newest.c.id, newest.c.updated_at)
        .where(~select(Deploy.id).where(Deploy.session_id == newest.c.id).exists())
        .order_by(newest.c.updated_at.desc())
    ).all()
    if not rows:
        return []
    one = rows[0].id if len(rows) == 1 else None
    return [Item(Kind.WITHOUT_DEPLOY, len(rows), rows[-1].updated_at, record_id=one)]


def _lying(db: DbSession, actor: Actor, now: datetime) -> Iterable[Item]:
    lying = (
        select(Project.updated_at)
        .where(visible(Project, actor), Project.status.in_(EARLY), Project.updated_at < now - LYING_AFTER)
        .limit(COUNTED)
        .subquery()
    )
    count = db.scalar(select(func.count()).select_from(lying)) or 0
    return [Item(Kind.LYING, count, may_act=can(actor, Permission.ADVANCE_PROJECT))] if count else []


_SOURCES: tuple[Callable[[DbSession, Actor, datetime], Iterable[Item]], ...] = (
    _sealed,
    _stuck,
    _held,
    _halted,
    _given_up,
    _without_deploy,
    _lying,
)
