"""How far a recovery has come, and what became of each of its deploys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, tuple_

from models import DeliveryPause, Deploy, HookHost, Recovery, RecoveryItem, RecoveryItemStatus
from services.database import DbSession
from services.deploys.recovery.titles import titles
from services.errors import InvalidInputError, NotFoundError
from services.item_pages import ItemPage
from services.permissions import Actor, Permission, require

PAGE = 50
"""Items, or recoveries, that one page shows."""
PAGE_LIMIT = 500


@dataclass(frozen=True)
class Wave:
    """One wave, by what became of its deploys."""

    number: int
    counts: dict[RecoveryItemStatus, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def ended(self) -> int:
        """Those with an outcome, and those that were skipped."""
        return self.total - self.of(RecoveryItemStatus.WAITING) - self.of(RecoveryItemStatus.QUEUED)

    def of(self, status: RecoveryItemStatus | str) -> int:
        return self.counts.get(RecoveryItemStatus(status), 0)


@dataclass(frozen=True)
class Progress:
    """A recovery and how far it has come."""

    recovery: Recovery
    waves: Sequence[Wave]
    held_up: Sequence[str]
    """Why deploys of the wave wait though the recovery runs: a sentence for each host."""

    @property
    def all(self) -> Wave:
        """All waves as one."""
        counts = {status: sum(wave.of(status) for wave in self.waves) for status in RecoveryItemStatus}
        return Wave(0, counts)


@dataclass(frozen=True)
class Item:
    """One deploy of a recovery."""

    deploy_id: UUID
    session_id: UUID
    position: int
    wave: int
    status: RecoveryItemStatus
    hook: str
    """Masked."""
    failure: str | None
    """What its failure was this time, or else when it was chosen."""
    reason: str | None
    ended_at: datetime | None


def get_progress(db: DbSession, recovery_id: UUID, *, actor: Actor) -> Progress:
    """
    Raises:
        ForbiddenError: the role does not permit to see failures.
        NotFoundError: there is no such recovery.
    """
    recovery = get_recovery(db, recovery_id, actor=actor)
    rows = db.execute(
        select(RecoveryItem.wave, RecoveryItem.status, func.count())
        .where(RecoveryItem.recovery_id == recovery_id)
        .group_by(RecoveryItem.wave, RecoveryItem.status)
    ).all()
    numbers = sorted({wave for wave, *_ in rows})
    waves = [Wave(number, {status: count for wave, status, count in rows if wave == number}) for number in numbers]
    return Progress(recovery, waves, _held_up(db, recovery) if recovery.ended_at is None else [])


def get_recovery(db: DbSession, recovery_id: UUID, *, actor: Actor) -> Recovery:
    """
    Raises:
        ForbiddenError: the role does not permit to see failures.
        NotFoundError: there is no such recovery.
    """
    require(actor, Permission.SEE_FAILURES)
    recovery = db.get(Recovery, recovery_id, populate_existing=True)
    if recovery is None:
        raise NotFoundError("There is no such recovery.")
    return recovery


def recent(db: DbSession, *, actor: Actor, after: UUID | None = None, limit: int = PAGE) -> Sequence[Recovery]:
    """The newest recoveries, or those before the one that `after` names.

    Raises:
        ForbiddenError: the role does not permit to see failures.
        NotFoundError: there is no recovery `after`.
    """
    require(actor, Permission.SEE_FAILURES)
    query = select(Recovery).order_by(Recovery.created_at.desc(), Recovery.id.desc()).limit(min(limit, PAGE_LIMIT))
    if after is not None:
        last = get_recovery(db, after, actor=actor)
        query = query.where(tuple_(Recovery.created_at, Recovery.id) < tuple_(last.created_at, last.id))
    return db.scalars(query.execution_options(populate_existing=True)).all()


def items(
    db: DbSession,
    recovery_id: UUID,
    *,
    actor: Actor,
    status: RecoveryItemStatus | None = None,
    cursor: int = 0,
    limit: int = PAGE,
) -> ItemPage[Item]:
    """What became of the deploys, in their order, from behind the position `cursor` on.

    Raises:
        ForbiddenError: the role does not permit to see failures.
        NotFoundError: there is no such recovery.
        InvalidInputError: the limit is out of range.
    """
    get_recovery(db, recovery_id, actor=actor)
    if not 1 <= limit <= PAGE_LIMIT:
        raise InvalidInputError(f"A page has from 1 to {PAGE_LIMIT} deploys.", field="limit")
    query = (
        select(RecoveryItem, Deploy.session_id, Deploy.hook_masked)
        .join(Deploy, Deploy.id == RecoveryItem.deploy_id)
        .where(RecoveryItem.recovery_id == recovery_id, RecoveryItem.position > cursor)
        .order_by(RecoveryItem.position)
        .limit(limit + 1)
        .execution_options(populate_existing=True)
    )
    if status is not None:
        query = query.where(RecoveryItem.status == status)
    rows = db.execute(query).all()
    shown = rows[:limit]
    names = titles(db, {name for item, *_ in shown if (name := item.met_fingerprint or item.fingerprint)})
    found = [_item(item, session_id, hook, names) for item, session_id, hook in shown]
    return ItemPage(found, found[-1].position if len(rows) > limit else None)


def _item(item: RecoveryItem, session_id: UUID, hook: str, names: dict[str, str]) -> Item:
    fingerprint = item.met_fingerprint or item.fingerprint
    went_well = item.status is RecoveryItemStatus.SUCCEEDED
    return Item(
        deploy_id=item.deploy_id,
        session_id=session_id,
        position=item.position,
        wave=item.wave,
        status=item.status,
        hook=hook,
        failure=None if went_well or fingerprint is None else names[fingerprint],
        reason=item.reason,
        ended_at=item.ended_at,
    )


def _held_up(db: DbSession, recovery: Recovery) -> list[str]:
    """A sentence for each host of the wave whose deploys wait for a person or for its circuit."""
    held = (RecoveryItemStatus.WAITING, RecoveryItemStatus.QUEUED)
    hosts = (
        select(RecoveryItem.host)
        .where(
            RecoveryItem.recovery_id == recovery.id,
            RecoveryItem.wave == recovery.wave,
            RecoveryItem.status.in_(held),
        )
        .distinct()
        .subquery()
    )
    paused = select(hosts.c.host, DeliveryPause.host, DeliveryPause.reason).join(
        DeliveryPause, or_(DeliveryPause.host.is_(None), DeliveryPause.host == hosts.c.host)
    )
    said = {
        f"Deliveries to {'all hosts' if of is None else host} are paused: {reason}"
        for host, of, reason in db.execute(paused.limit(PAGE))
    }
    open_ = select(hosts.c.host).join(HookHost, HookHost.host == hosts.c.host)
    circuits = db.scalars(open_.where(HookHost.open_until > func.now()).limit(PAGE))
    return sorted(said | {f"The circuit of {host} is open, since most POSTs to it fail." for host in circuits})
