"""Where the chain stands, and which events are not in it yet."""

from sqlalchemy import select, text

from models import AuditHead, AuditPurge, AuditSeal
from services.chain.digests import EVENT_TEXT
from services.database import DbSession

CLUSTER = "(SELECT system_identifier FROM pg_control_system())"
TRY_LOCK = text("SELECT pg_try_advisory_xact_lock(hashtextextended('audit chain', 0))")
UNSEALED = "NOT EXISTS (SELECT FROM audit_links l WHERE l.event_id = e.id)"
_FROM_HORIZON = f"e.xid >= CAST(:horizon AS xid8) AND {UNSEALED}"


def try_lock(db: DbSession) -> bool:
    """Have the chain to oneself until the transaction ends; False where somebody else has it."""
    return bool(db.scalar(TRY_LOCK))


def newest_seal(db: DbSession) -> AuditSeal | None:
    return db.scalar(select(AuditSeal).order_by(AuditSeal.seq.desc()).limit(1))


def head(db: DbSession) -> AuditHead | None:
    """How far the chain ever went, whether or not it is still there."""
    return db.scalar(select(AuditHead).execution_options(populate_existing=True))


def newest_purge(db: DbSession) -> AuditPurge | None:
    return db.scalar(select(AuditPurge).order_by(AuditPurge.seq.desc()).limit(1))


def cluster(db: DbSession) -> int:
    """Which server this is."""
    return int(db.scalars(text(f"SELECT {CLUSTER}")).one())


def unsealed_since(db: DbSession, newest: AuditSeal | None) -> tuple[str, dict[str, str]]:
    """The condition that holds for the events `e` which the newest seal left, with its values.

    An event that was not there to be seen when that was made belongs to a transaction which had not ended then, so that
    its number is not before the seal's horizon: the others need not be looked through. Another server counts
    transactions anew, as one does into which a dump was restored: then all are.
    """
    if newest is None or newest.cluster != cluster(db):
        return UNSEALED, {}
    return _FROM_HORIZON, {"horizon": str(newest.horizon)}


def events_text(condition: str, columns: str = f"e.id, {EVENT_TEXT} AS text") -> str:
    """A statement that reads the events which a condition holds for, in the order of their transactions."""
    return f"SELECT {columns} FROM audit_events e WHERE {condition} ORDER BY e.xid NULLS FIRST, e.at, e.id"  # noqa: S608
