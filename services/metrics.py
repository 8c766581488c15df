"""Totals of whole tables, from the counter ledger instead of by counting."""

from sqlalchemy import func, select

from models import MetricDelta
from services.database import DbSession


def totals(db: DbSession, metric: str) -> dict[str, int]:
    """The value of each counter of a metric, by label; labels that never counted anything are left out.

    Args:
        metric: the counted table, such as `projects`; its labels are its statuses.
    """
    sums = select(MetricDelta.label, func.sum(MetricDelta.delta)).where(MetricDelta.metric == metric)
    return {label: int(total) for label, total in db.execute(sums.group_by(MetricDelta.label))}
