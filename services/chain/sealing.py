"""Sealing: every event that is committed and not yet in the chain becomes a link of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from models import AuditSeal
from services.chain import state
from services.chain.digests import GENESIS, link_digest, seal_digest
from services.database import DbSession

EVERY = timedelta(minutes=1)
"""How long an event waits to be sealed, at most, while a worker runs."""
SOONER = 1_000
"""So many wait no longer."""
AT_ONCE = 2_000
"""Events that are in memory at a time."""
_NOW = text(
    f"""
    SELECT
        pg_current_xact_id()::text AS ceiling, pg_snapshot_xmin(pg_current_snapshot())::text AS horizon,
        pg_current_snapshot()::text AS snapshot, {state.CLUSTER} AS cluster
    """
)
_LINK = text(
    """
    INSERT INTO audit_links (position, event_id, digest)
    SELECT * FROM unnest(CAST(:positions AS bigint[]), CAST(:ids AS uuid[]), CAST(:digests AS bytea[]))
    """
)


@dataclass(frozen=True)
class Sealed:
    """One seal, as it is told to people: its digest is to be kept where the database is not."""

    seq: int
    events: int
    digest: str


def has_begun(db: DbSession) -> bool:
    """Whether anything is sealed."""
    return state.newest_seal(db) is not None


def seal_if_due(db: DbSession, *, now: datetime) -> Sealed | None:
    """Seal if an event waits for a minute, or a thousand do; None where not, or while somebody else seals."""
    newest = state.newest_seal(db)
    condition, values = state.unsealed_since(db, newest)
    waiting = text(f"SELECT count(*) FROM (SELECT FROM audit_events e WHERE {condition} LIMIT {SOONER}) AS w")  # noqa: S608
    count = db.scalar(waiting, values) or 0
    is_due = newest is None or newest.sealed_at <= now - EVERY or count >= SOONER
    return seal(db, now=now) if count and is_due else None


def seal(db: DbSession, *, now: datetime, loaded: bool = False) -> Sealed | None:
    """Seal all events that this transaction sees; None where there are none, or while somebody else seals.

    Their order is that of their transactions. One that commits later, however early its `at` is, is in a later seal.

    Args:
        loaded: whether past events were loaded, whose times are no sign that somebody forged them.
    """
    if not state.try_lock(db):
        return None
    db.execute(text("SET LOCAL statement_timeout = 0"))
    newest, moment = state.newest_seal(db), db.execute(_NOW).one()  # before the events: what this excludes is seen
    head = state.head(db)  # not the newest seal's number: a chain that was cut short keeps the gap
    links = _Links(db, newest, after=head.last_position if head else 0)
    condition, values = state.unsealed_since(db, newest)
    unsealed = text(state.events_text(condition)).execution_options(yield_per=AT_ONCE)
    for events in db.execute(unsealed, values).partitions():
        links.add(events)
    if links.last < links.first:
        return None
    sealed = AuditSeal(
        seq=head.seq + 1 if head else 1,
        first_position=links.first,
        last_position=links.last,
        sealed_at=now,
        loaded=loaded,
        horizon=moment.horizon,
        ceiling=moment.ceiling,
        snapshot=moment.snapshot,
        cluster=moment.cluster,
        links_digest=links.digest,
    )
    sealed.digest = seal_digest(newest.digest if newest else GENESIS, sealed)
    db.add(sealed)
    db.flush()
    return Sealed(sealed.seq, links.last - links.first + 1, sealed.digest.hex())


class _Links:
    """The chain's links from the newest seal on."""

    def __init__(self, db: DbSession, newest: AuditSeal | None, *, after: int) -> None:
        self._db = db
        self.digest = newest.digest if newest else GENESIS
        self.last = after
        self.first = self.last + 1

    def add(self, events: Sequence[Any]) -> None:
        digests = []
        for event in events:
            self.digest = link_digest(self.digest, event.text)
            digests.append(self.digest)
        positions = list(range(self.last + 1, self.last + 1 + len(events)))
        self._db.execute(_LINK, {"positions": positions, "ids": [e.id for e in events], "digests": digests})
        self.last += len(events)
