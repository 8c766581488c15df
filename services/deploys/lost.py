"""Attempts whose worker died: closed, so that the next one is made, under the same idempotency key."""

from datetime import datetime
from random import Random

from sqlalchemy import text

from models import ErrorKind
from services.database import DbSession
from services.deploys.delivery import LOST_AFTER, Ended
from services.deploys.limits import Limits
from services.deploys.outcome import AttemptOutcome
from services.deploys.record import record

AT_ONCE = 500

_OPEN = text(
    """
    SELECT a.id, a.started_at FROM deploy_attempts a
    WHERE a.ok IS NULL AND a.started_at <= :before
    ORDER BY a.started_at DESC, a.id DESC LIMIT :most
    FOR UPDATE SKIP LOCKED
    """
)


def close_lost(db: DbSession, *, now: datetime, connected_at: datetime, random: Random, limits: Limits) -> int:
    """Close the attempts that have been open for longer than a living worker would leave them so.

    Args:
        connected_at: since when this worker has been connected. After an outage the one that holds an answer needs
            time to write it, so nobody takes an attempt for lost before having been back for `LOST_AFTER`.

    Returns:
        How many there were.
    """
    if now < connected_at + LOST_AFTER:
        return 0
    rows = db.execute(_OPEN, {"before": now - LOST_AFTER, "most": AT_ONCE}).all()
    lost = [Ended(row.id, _lost(now, row.started_at)) for row in rows]
    record(db, lost, now=now, random=random, limits=limits)
    return len(lost)


def _lost(now: datetime, started_at: datetime) -> AttemptOutcome:
    return AttemptOutcome(
        duration_ms=round((now - started_at).total_seconds() * 1000),
        error_kind=ErrorKind.WORKER_LOST,
        error_message="The worker ended before it could record an answer.",
    )
