"""Stuck deploys: live ones that do not move, though nothing that is meant to holds them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, or_, select, text

from models import WAITING_STATUSES, DeliveryPause, Deploy, DeployAttempt, HookHost
from services.database import DbSession
from services.deploys.delivery import LOST_AFTER
from services.deploys.waiting_hosts import WAITING_HOSTS
from services.permissions import Actor, Permission, Scope
from services.scopes import visible

OVERDUE = timedelta(minutes=2)
"""How long a deploy may be due, and its host served none, until it counts as stuck."""
HANGING = LOST_AFTER + timedelta(seconds=40)
"""How long an attempt may be open; any living worker would have closed it by `LOST_AFTER`."""
COUNTED = 10_000
"""Deploys that are counted at most; this many means this many or more."""
TOLD = 20
"""Hosts that are told of; those that wait longest come first."""

_OF_ALL = text(
    WAITING_HOSTS  # noqa: S608 - both parts are ours
    + """
    , stuck AS (
        SELECT w.host, (
            SELECT d.next_attempt_at FROM deploys d
            WHERE d.host = w.host AND d.status IN ('queued', 'retry_scheduled') AND d.next_attempt_at < :before
            ORDER BY d.next_attempt_at LIMIT 1
        ) AS since
        FROM waiting w LEFT JOIN hook_hosts h USING (host)
        WHERE w.host IS NOT NULL
        AND NOT EXISTS (SELECT FROM delivery_pauses p WHERE p.host IS NULL OR p.host = w.host)
        AND coalesce(greatest(h.open_until, h.served_at) < :before, true)
    )
    SELECT s.host, s.since, (
        SELECT count(*) FROM (
            SELECT FROM deploys d
            WHERE d.host = s.host AND d.status IN ('queued', 'retry_scheduled') AND d.next_attempt_at < :before
            LIMIT :counted
        ) bounded
    ) AS waiting
    FROM stuck s WHERE s.since IS NOT NULL ORDER BY s.since, s.host LIMIT :told
    """
).bindparams(bindparam("counted", COUNTED), bindparam("told", TOLD))
"""One probe of the index for each host, however many deploys wait, as a claim has it."""


@dataclass(frozen=True)
class StuckHost:
    """A host whose deploys are due and not taken."""

    host: str
    since: datetime
    """When the one that waits longest was due."""
    waiting: int
    """At most `COUNTED`."""


@dataclass(frozen=True)
class Stuck:
    """All that does not move, as far as the actor may see it."""

    hosts: Sequence[StuckHost]
    hanging: int
    """Attempts that no worker will end: theirs died, and no other has closed them. At most `COUNTED`."""
    hanging_since: datetime | None
    served_at: datetime | None
    """When a worker took a deploy last, of any host; null where none ever did."""

    def nobody_works(self, *, now: datetime) -> bool:
        """Whether it looks as if no worker runs at all: what only one needs to be alive for is not done."""
        if self.hanging:
            return True
        return bool(self.hosts) and (self.served_at is None or self.served_at < now - OVERDUE)

    @property
    def waiting(self) -> int:
        return sum(host.waiting for host in self.hosts)

    @property
    def since(self) -> datetime | None:
        """Since when the longest of it waits."""
        moments = [host.since for host in self.hosts] + ([self.hanging_since] if self.hanging_since else [])
        return min(moments, default=None)


def stuck(db: DbSession, actor: Actor, *, now: datetime) -> Stuck:
    """What does not move now; three queries, whose cost goes by the hosts, or by a person's own deploys."""
    before = now - OVERDUE
    if actor.scope(Permission.SEE_RECORDS) is Scope.ALL:
        rows = db.execute(_OF_ALL, {"before": before}).all()
        hosts = [StuckHost(row.host, row.since, row.waiting) for row in rows]
    else:
        hosts = _own(db, actor, before)
    hanging, since = _hanging(db, actor, now - HANGING)
    return Stuck(hosts, hanging, since, db.scalar(select(func.max(HookHost.served_at))))


def _own(db: DbSession, actor: Actor, before: datetime) -> list[StuckHost]:
    paused = or_(DeliveryPause.host.is_(None), DeliveryPause.host == Deploy.host)
    moved = func.greatest(HookHost.open_until, HookHost.served_at)
    oldest = func.min(Deploy.next_attempt_at)
    rows = db.execute(
        select(Deploy.host, oldest, func.count())
        .outerjoin(HookHost, HookHost.host == Deploy.host)
        .where(
            visible(Deploy, actor),
            Deploy.status.in_(WAITING_STATUSES),
            Deploy.next_attempt_at < before,
            ~select(DeliveryPause.id).where(paused).exists(),
            func.coalesce(moved < before, True),
        )
        .group_by(Deploy.host)
        .order_by(oldest, Deploy.host)
        .limit(TOLD)
    )
    return [StuckHost(host, since or before, min(waiting, COUNTED)) for host, since, waiting in rows]


def _hanging(db: DbSession, actor: Actor, before: datetime) -> tuple[int, datetime | None]:
    open_long = (
        select(DeployAttempt.started_at)
        .where(visible(DeployAttempt, actor), DeployAttempt.ok.is_(None), DeployAttempt.started_at < before)
        .order_by(DeployAttempt.started_at.desc())
        .limit(COUNTED)
        .subquery()
    )
    count, since = db.execute(select(func.count(), func.min(open_long.c.started_at))).one()
    return count, since
