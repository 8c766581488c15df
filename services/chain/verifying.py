"""Verifying: the chain is computed anew from the events, and the first that does not fit is named."""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text

from models import AuditPurge, AuditSeal
from services.chain import state
from services.chain.digests import EVENT_TEXT
from services.chain.walk import EARLY, LATE, Walk, at_text
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
_AFTER = f"e.xid >= CAST(:ceiling AS xid8) AND {state.CLUSTER} = :cluster"


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


def verify(db: DbSession, *, expect: str | None = None) -> Report:
    """Compute the chain anew. The transaction has to see one moment throughout (REPEATABLE READ).

    Args:
        expect: a seal's digest in hexadecimal that was kept elsewhere; the chain must hold it still.
    """
    db.execute(text("SET LOCAL statement_timeout = 0"))
    newest, purge = state.newest_seal(db), state.newest_purge(db)
    removed_up_to = db.get(AuditSeal, purge.seq) if purge else None
    unsealed, since = _unsealed(db)
    fault = _fault_of_purge(db, purge, removed_up_to) or _fault_of_chain(db, purge)
    return Report(
        fault=fault or _fault_of_unsealed(db, newest) or _fault_of_expected(db, expect),
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
    """The first seal, link or sealed event that does not fit."""
    by_seq = select(AuditSeal).order_by(AuditSeal.seq).execution_options(yield_per=AT_ONCE)
    with closing(db.execute(_LINKS)) as links, closing(db.scalars(by_seq)) as seals:
        walk = Walk(iter(links), purged_up_to=purge.seq if purge else 0)
        faults = (walk.fault_of(seal) for seal in seals)
        return next(filter(None, faults), None) or walk.fault_of_rest()


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


def _fault_of_unsealed(db: DbSession, newest: AuditSeal | None) -> str | None:
    """An event that is in no seal though it would be, had it been written when it says."""
    if newest is None:
        return None
    where, values = state.unsealed_since(db, newest)
    due = f"{state.UNSEALED} AND (NOT coalesce({where}, false) OR e.at < :late OR (e.at < :early AND {_AFTER}))"
    found = text(state.events_text(due, "e.id, e.at, e.tag, e.actor") + " LIMIT 1")
    times = {"late": newest.sealed_at - LATE, "early": newest.sealed_at - EARLY}
    event = db.execute(found, values | times | {"ceiling": str(newest.ceiling), "cluster": newest.cluster}).first()
    if event is None:
        return None
    return (
        f"Event {event.id} ({event.tag} by {event.actor}, {at_text(event.at)}) was inserted: "
        f"it is in no seal, though seal {newest.seq} of {at_text(newest.sealed_at)} came after it."
    )


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
