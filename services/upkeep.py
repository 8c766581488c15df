"""Upkeep that the worker does by schedule."""

from datetime import datetime

from sqlalchemy import text

from services import metrics, sign_in_budgets, sign_ins, trash
from services.bulk import keeping
from services.database import DbSession
from services.deploys import failure_groups, host_health
from services.exports import jobs
from services.live import forgetting

_FOLD_BEGINNINGS = text("SELECT console_fold_beginnings()")
_FOLD = text(
    """
    WITH many AS (
        SELECT metric, label, CASE WHEN metric = ANY(:hourly) THEN bucket END AS bucket
        FROM metric_deltas GROUP BY 1, 2, 3 HAVING count(*) > 1
    ), folded AS (
        DELETE FROM metric_deltas d USING many m
        WHERE d.metric = m.metric AND d.label = m.label AND (m.bucket IS NULL OR m.bucket = d.bucket)
        RETURNING d.metric, d.label, m.bucket AS hour, d.bucket, d.delta
    )
    INSERT INTO metric_deltas (metric, label, bucket, delta)
    SELECT metric, label, max(bucket), sum(delta) FROM folded GROUP BY metric, label, hour
    """
)


def run(db: DbSession, *, now: datetime) -> None:
    """All of it, once a minute."""
    metrics.forget_old(db, now=now)
    fold_metrics(db)
    host_health.forget_old(db, now=now)
    failure_groups.forget_old(db, now=now)
    jobs.forget_old(db, now=now)
    keeping.forget_old(db, now=now)
    trash.purge(db, now=now)
    forgetting.forget_old(db)
    sign_ins.forget_old(db, now=now)
    sign_in_budgets.forget_old(db, now=now)


def fold_metrics(db: DbSession) -> None:
    """Fold the counter ledger: one row a metric and label, of metrics that are read by the hour one an hour.

    No total changes, and neither does what happened in an hour.
    """
    db.execute(_FOLD_BEGINNINGS)
    db.execute(_FOLD, {"hourly": list(metrics.HOURLY)})
