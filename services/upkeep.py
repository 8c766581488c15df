"""Upkeep that the worker does by schedule."""

from datetime import datetime

from sqlalchemy import text

from services import metrics
from services.database import DbSession
from services.deploys import failure_groups, host_health

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


def run(db: DbSession, *, now: datetime) -> None:
    """All of it, once a minute."""
    metrics.forget_old(db, now=now)
    fold_metrics(db)
    host_health.forget_old(db, now=now)
    failure_groups.forget_old(db, now=now)


def fold_metrics(db: DbSession) -> None:
    """Fold the counter ledger: one row an hour, label and metric; no total changes."""
    db.execute(_FOLD)
