"""Verifying: the chain is computed anew from the events, and the first that does not fit is named."""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text

from models import AuditHead, AuditPurge, AuditSeal
from services.chain import kept, state
from services.chain.digests import EVENT_TEXT
from services.chain.kept import Kept
from services.chain.walk import Walk, at_text
from services.database import DbSession

AT_ONCE = 1_000
"""Rows that are in memory at a time."""
_LINKS = text(
    f"""
    SELECT l.position, l.event_id, l.digest, e.id, e.at, e.tag, e.actor, e.xid::text, {EVENT_TEXT} AS text
    FROM audit_links l LEFT JOIN audit_events e ON e.id = l.event_id
    ORDER BY l.position
    """  # noqa: S608
).execution_options(yield_per=AT_ONCE)
_UNSEALED = text(state.events_text(state.UNSEALED, "e.id, e.at, e.tag, e.actor, e.xid::text")).execution_options(
    yield_per=AT_ONCE
)


@dataclass(frozen=True)
class Report:
    """What verifying found."""

    fault: str | None
    """The first thing that does not fit, in a sentence; None where the history is what was sealed."""
    sealed: int
    """Events in the chain, of which `removed` are gone by retention."""
    removed: int
    seals: int
    newest: AuditSeal | None
    unsealed: int
    unsealed_since: datetime | None
    purge: AuditPurge | None
    removed_before: datetime | None
    """When the newest seal was made whose events are gone."""
    loaded: int
    """Seals of past events that were loaded, whose own times prove nothing."""
    logged: int
    """Seals of a log that the chain holds."""


def verify(db: DbSession, *, expect: str | None = None, logged: Iterable[Kept] | None = None) -> Report:
    """Compute the chain anew. The transaction has to see one moment throughout (REPEATABLE READ).

    Args:
        expect: a seal's digest in hexadecimal that was kept elsewhere; the chain must hold it still.
        logged: seals as logs have them; the chain must hold each of them still.
    """
    db.execute(text("SET LOCAL statement_timeout = 0"))
    newest, purge = state.newest_seal(db), state.newest_purge(db)
    removed_up_to = db.get(AuditSeal, purge.seq) if purge else None
    unsealed, since = _unsealed(db)
    fault = _fault_of_purge(db, purge, removed_up_to) or _fault_of_chain(db, purge)
    fault = fault or _fault_of_head(newest, state.head(db))
    held, logged_fault = (0, None) if logged is None else kept.check(db, logged)
    return Report(
        fault=fault or logged_fault or _fault_of_expected(db, expect),
        logged=held,
        sealed=newest.last_position if newest else 0,
        removed=purge.last_position if purge else 0,
        seals=newest.seq if newest else 0,
        newest=newest,
        unsealed=unsealed,
        unsealed_since=since,
        purge=purge,
        removed_before=removed_up_to.sealed_at if removed_up_to else None,
        loaded=db.scalar(select(func.count()).where(AuditSeal.loaded)) or 0,
    )


def _fault_of_chain(db: DbSession, purge: AuditPurge | None) -> str | None:
    """The first seal, link or event that does not fit."""
    by_seq = select(AuditSeal).order_by(AuditSeal.seq).execution_options(yield_per=AT_ONCE)
    with closing(db.execute(_LINKS)) as links, closing(db.scalars(by_seq)) as seals:
        walk = Walk(iter(links), purged_up_to=purge.seq if purge else 0)
        faults = (walk.fault_of(seal) for seal in seals)
        fault = next(filter(None, faults), None) or walk.fault_of_rest()
    if fault:
        return fault
    with closing(db.execute(_UNSEALED)) as events:
        return walk.fault_of_unsealed(events, cluster=state.cluster(db))


def _fault_of_purge(db: DbSession, purge: AuditPurge | None, up_to: AuditSeal | None) -> str | None:
    """Whether what retention removed was old enough, and its removal is in the history itself."""
    if purge is None:
        return None
    if up_to is None:
        return f"Seal {purge.seq} was deleted, up to which retention removed events."
    if (purge.purged_at - up_to.sealed_at).days < purge.days or purge.last_position != up_to.last_position:
        return f"Events were deleted that retention would have kept: seal {purge.seq} of {at_text(up_to.sealed_at)}."
    told = text("SELECT FROM audit_events WHERE id = :id AND tag = 'audit:purge' AND after ->> 'up_to_seal' = :seq")
    if db.execute(told, {"id": purge.event_id, "seq": str(purge.seq)}).first() is None:
        return f"Event {purge.event_id} was deleted or altered, which told that retention removed events."
    return None


def _fault_of_head(newest: AuditSeal | None, head: AuditHead | None) -> str | None:
    """Whether the chain goes as far as it ever did."""
    seq = newest.seq if newest else 0
    if head is None:
        return "The row was deleted that tells how far the chain went." if newest else None
    if seq < head.seq:
        return f"The chain was cut short: it ends at seal {seq}, and went as far as seal {head.seq}."
    if newest is None or (head.seq, head.digest) != (seq, newest.digest):
        return f"Seal {seq} was inserted or altered, or the row that tells how far the chain went (seal {head.seq})."
    return None


def _fault_of_expected(db: DbSession, expect: str | None) -> str | None:
    if expect is None:
        return None
    wanted = expect.strip().lower()
    held = db.scalar(select(AuditSeal.seq).where(func.encode(AuditSeal.digest, "hex") == wanted))
    return None if held else f"No seal has the digest {wanted[:64]}: the chain was made anew, or cut short."


def _unsealed(db: DbSession) -> tuple[int, datetime | None]:
    found = text(f"SELECT count(*), min(e.at) FROM audit_events e WHERE {state.UNSEALED}")  # noqa: S608
    count, since = db.execute(found).one()
    return count, since
