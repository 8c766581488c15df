"""The counter ledger, read and kept small: totals of whole tables without counting them, and counts by the hour."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Text, cast, delete, func, select, union_all

from models import SESSION_BEGINNINGS, WAITING_SESSIONS, MetricDelta
from services.constants import constant
from services.database import DbSession

HOURLY = ("sessions_reached", "projects_reached", "deploy_attempts")
"""Metrics that are read by the hour, and never summed up as a whole."""
KEPT = timedelta(days=62)
"""How long those are kept: the longest period, the one before, and two days."""
STARTED = "started"
"""The label of what came into being, whichever status it had first."""

_BEGUN, _WAITING = SESSION_BEGINNINGS.c, WAITING_SESSIONS.c
_BEGINNINGS = (
    (_BEGUN.status, _BEGUN.hour, _BEGUN.sessions),
    (_WAITING.status, func.date_trunc(constant("hour"), _WAITING.at, constant("UTC")), constant(1)),
)
"""Status, hour and number of the sessions that began and are still to be folded, and of those still to be entered."""
_COUNTS_AS_STARTED = {"onboarding_sessions": False, "sessions_reached": True}
"""Whether what begins counts as `STARTED` too, beside its status, as `console_fold_beginnings` has it."""


@cache
def ledger(metric: str) -> FromClause:
    """The counters of a metric, as rows of `label`, `bucket`, `delta`; sessions included that are still to be folded.

    One statement must read all, so that it finds either a beginning or what that was folded into.
    """
    deltas = select(MetricDelta.label, MetricDelta.bucket, MetricDelta.delta).where(
        MetricDelta.metric == constant(metric)
    )
    begun = list(_begun(metric)) if metric in _COUNTS_AS_STARTED else []
    return union_all(deltas, *begun).subquery("ledger") if begun else deltas.subquery("ledger")


def _begun(metric: str) -> Iterator[Select[Any]]:
    for status, hour, sessions in _BEGINNINGS:
        yield select(status, hour, sessions)
        if _COUNTS_AS_STARTED[metric]:
            yield select(cast(constant(STARTED), Text), hour, sessions)


def totals(db: DbSession, metric: str) -> dict[str, int]:
    """The value of each counter of a metric, by label; labels that never counted anything are left out.

    Args:
        metric: the counted table, such as `projects`; its labels are its statuses.
    """
    return {label: int(total) for label, total in db.execute(summed(metric))}


def summed(metric: str) -> Select[str, int]:
    """Labels of a metric and the value of each one's counter."""
    counters = ledger(metric).c
    return select(counters.label, func.sum(counters.delta)).group_by(counters.label)


def total(db: DbSession, counters: FromClause, holds: ColumnElement[bool]) -> int:
    """The sum of a metric's counters whose labels fulfil a condition.

    Args:
        counters: what `ledger` returned of the metric.
        holds: a condition on the `label` of those.
    """
    return int(db.scalars(_total(counters).where(holds)).one())


def whole_total(db: DbSession, metric: str) -> int:
    """The sum of all of a metric's counters: how many rows the table has."""
    return int(db.scalars(_total(ledger(metric))).one())


@cache
def _total(counters: FromClause) -> Select[int]:
    return select(func.coalesce(func.sum(counters.c.delta), constant(0)))


def forget_old(db: DbSession, *, now: datetime) -> None:
    """Delete counts by the hour that no chart shows any more."""
    db.execute(delete(MetricDelta).where(MetricDelta.metric.in_(HOURLY), MetricDelta.bucket < now - KEPT))
