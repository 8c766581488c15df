"""Retention: old events leave by whole seals, the oldest first, and the chain goes on from the seals that stay."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, text

from models import AuditPurge, AuditSeal
from services import audit
from services.chain import state
from services.database import DbSession
from services.permissions import WORKER

ONCE_IN = timedelta(days=1)
"""How much longer than they have to, events may stay: each removal is an event itself."""
AT_ONCE = 50_000
"""Events that one removal takes, as long as they are not all of one seal."""
_DELETE_EVENTS = text(
    "DELETE FROM audit_events e USING audit_links l WHERE l.event_id = e.id AND l.position <= :last_position"
)
_DELETE_LINKS = text("DELETE FROM audit_links WHERE position <= :last_position")


def purge(db: DbSession, *, days: int, now: datetime) -> int:
    """Remove the events of seals that are older than `days`; how many events that were.

    Seals stay, so that the chain can be followed from its beginning; an audit event tells of the removal.

    Args:
        days: 30 or more, as the database holds everybody to.
    """
    if not state.try_lock(db):
        return 0
    gone, old = state.newest_purge(db), now - timedelta(days=days)
    last_seq, last_position = (gone.seq, gone.last_position) if gone else (0, 0)
    oldest = db.get(AuditSeal, last_seq + 1)
    if oldest is None or oldest.sealed_at > old - ONCE_IN:
        return 0
    up_to = _last_of(db, max(oldest.last_position, last_position + AT_ONCE), old)
    return _remove(db, up_to, events=up_to.last_position - last_position, days=days, now=now)


def _last_of(db: DbSession, position: int, old: datetime) -> AuditSeal:
    """The last seal that ends by a position, and before the first that is not old."""
    young = select(func.min(AuditSeal.seq)).where(AuditSeal.sealed_at > old).scalar_subquery()
    ended = AuditSeal.last_position <= position
    return db.scalars(
        select(AuditSeal)
        .where(ended, func.coalesce(AuditSeal.seq < young, True))
        .order_by(AuditSeal.seq.desc())
        .limit(1)
    ).one()


def _remove(db: DbSession, up_to: AuditSeal, *, events: int, days: int, now: datetime) -> int:
    after = {"up_to_seal": up_to.seq, "sealed_at": up_to.sealed_at, "events": events, "days": days}
    audit.record(db, WORKER, "audit:purge", None, after=after)
    event_id = audit.recorded(db)[-1].id
    db.add(
        AuditPurge(
            seq=up_to.seq,
            last_position=up_to.last_position,
            events=events,
            days=days,
            purged_at=now,
            event_id=event_id,
        )
    )
    db.flush()
    db.execute(text("SET LOCAL statement_timeout = 0"))
    db.execute(_DELETE_EVENTS, {"last_position": up_to.last_position})
    db.execute(_DELETE_LINKS, {"last_position": up_to.last_position})
    return events
