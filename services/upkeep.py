"""Upkeep that the worker does by schedule."""

from datetime import datetime, timedelta

from sqlalchemy import text

from services import queue
from services.database import DbSession

_FOLD = text(
    """
    WITH folded AS (
        DELETE FROM metric_deltas WHERE (metric, label, bucket) IN (
            SELECT metric, label, bucket FROM metric_deltas GROUP BY metric, label, bucket HAVING count(*) > 1
        )
        RETURNING metric, label, bucket, delta
    )
    INSERT INTO metric_deltas (metric, label, bucket, delta)
    SELECT metric, label, bucket, sum(delta) FROM folded GROUP BY metric, label, bucket
    """
)

_ORPHANS = text(
    """
    SELECT d.id FROM deploys d
    WHERE d.status IN ('queued', 'retry_scheduled', 'in_flight')
      AND d.updated_at < :before
      AND coalesce(d.next_attempt_at, d.updated_at) < :before
      AND NOT EXISTS (
          SELECT FROM pgqueuer q
          WHERE q.entrypoint = :entrypoint AND q.payload = convert_to(d.id::text, 'UTF8')
      )
    ORDER BY d.created_at
    LIMIT 1000
    """
)


def fold_metrics(db: DbSession) -> None:
    """Fold the counter ledger: one row an hour, label and metric; no total changes."""
    db.execute(_FOLD)


def requeue_orphans(db: DbSession, *, now: datetime, older_than: timedelta = timedelta(minutes=2)) -> int:
    """Queue again the live deploys that have no job, however they lost it.

    Returns:
        How many there were.
    """
    orphans = db.scalars(_ORPHANS, {"before": now - older_than, "entrypoint": queue.DELIVER}).all()
    if orphans:
        queue.enqueue_deliveries(db, orphans, at=now, now=now)
    return len(orphans)
