"""The counter ledger, read and kept small: totals of whole tables without counting them, and counts by the hour."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, func, select

from models import MetricDelta
from services.database import DbSession

HOURLY = ("sessions_reached", "projects_reached", "deploy_attempts")
"""Metrics that are read by the hour, and never summed up as a whole."""
KEPT = timedelta(days=62)
"""How long those are kept: the longest period, the one before, and two days."""


def totals(db: DbSession, metric: str) -> dict[str, int]:
    """The value of each counter of a metric, by label; labels that never counted anything are left out.

    Args:
        metric: the counted table, such as `projects`; its labels are its statuses.
    """
    return {label: int(total) for label, total in db.execute(summed(metric))}


def summed(metric: str) -> Select[str, int]:
    """Labels of a metric and the value of each one's counter."""
    sums = select(MetricDelta.label, func.sum(MetricDelta.delta)).where(MetricDelta.metric == metric)
    return sums.group_by(MetricDelta.label)


def total(db: DbSession, metric: str, holds: ColumnElement[bool]) -> int:
    """The sum of a metric's counters whose labels fulfil a condition.

    Args:
        holds: a condition on `MetricDelta.label`.
    """
    summed = select(func.coalesce(func.sum(MetricDelta.delta), 0)).where(MetricDelta.metric == metric, holds)
    return int(db.scalars(summed).one())


def forget_old(db: DbSession, *, now: datetime) -> None:
    """Delete counts by the hour that no chart shows any more."""
    db.execute(delete(MetricDelta).where(MetricDelta.metric.in_(HOURLY), MetricDelta.bucket < now - KEPT))
