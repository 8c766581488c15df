"""Counts by the hour: of all from the counter ledger, of one person's own from that person's rows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select

from models import DeployAttempt, OnboardingSession, Project, SubjectKind
from services import metrics, status_history
from services.database import DbSession
from services.periods import HOUR
from services.permissions import Actor, Permission, Scope
from services.scopes import visible

STARTED = metrics.STARTED
SUCCEEDED, FAILED = "succeeded", "failed"

BEGINS = "begins_at"
"""What the beginning of a span is called in a query."""

Hours = Mapping[str, Mapping[datetime, int]]
"""By label, how many in which hour, or span of hours; those without any are left out, and labels too."""

_SUBJECTS: dict[SubjectKind, type[Any]] = {SubjectKind.SESSION: OnboardingSession, SubjectKind.PROJECT: Project}


def reached(
    db: DbSession,
    actor: Actor,
    kind: SubjectKind,
    labels: Collection[str],
    *,
    since: datetime,
    span: timedelta = HOUR,
) -> Hours:
    """How many sessions, or projects, reached statuses for the first time.

    Args:
        labels: which of their statuses, and `STARTED`.
        since: the beginning of an hour.
        span: how many whole hours are counted as one.
    """
    if actor.scope(Permission.SEE_RECORDS) is Scope.ALL:
        return _ledger(db, f"{kind}s_reached", labels, since, span)
    return _own_reached(db, actor, kind, labels, since, span)


def attempts(db: DbSession, actor: Actor, *, since: datetime, span: timedelta = HOUR) -> Hours:
    """How many attempts began that `SUCCEEDED` or `FAILED`; those under way are neither yet.

    Args:
        since: the beginning of an hour.
        span: how many whole hours are counted as one.
    """
    if actor.scope(Permission.SEE_RECORDS) is Scope.ALL:
        return _ledger(db, DeployAttempt.__tablename__, (SUCCEEDED, FAILED), since, span)
    rows = db.execute(
        select(DeployAttempt.ok, _begins(DeployAttempt.started_at, since, span), func.count())
        .where(visible(DeployAttempt, actor), DeployAttempt.ok.is_not(None), DeployAttempt.started_at >= since)
        .group_by(DeployAttempt.ok, BEGINS)
    )
    return _by_label((SUCCEEDED if ok else FAILED, at, count) for ok, at, count in rows)


def _ledger(db: DbSession, metric: str, labels: Collection[str], since: datetime, span: timedelta) -> Hours:
    counters = metrics.ledger(metric).c
    rows = db.execute(
        select(counters.label, _begins(counters.bucket, since, span), func.sum(counters.delta))
        .where(counters.label.in_(labels), counters.bucket >= since)
        .group_by(counters.label, BEGINS)
    )
    return _by_label((label, at, int(count)) for label, at, count in rows if count)


def _own_reached(
    db: DbSession, actor: Actor, kind: SubjectKind, labels: Collection[str], since: datetime, span: timedelta
) -> Hours:
    subject = _SUBJECTS[kind]
    own = select(subject.id).where(visible(subject, actor))
    changes = status_history.of(own)
    first = (
        select(changes.to_status.label("label"), func.min(changes.at).label("at"))
        .where(changes.subject_kind == kind)
        .group_by(changes.subject_id, changes.to_status)
    )
    label: ColumnElement[str] = literal_column(f"'{STARTED}'").label("label")
    started = select(label, changes.at.label("at")).where(changes.subject_kind == kind, changes.from_status.is_(None))
    moments = first.union_all(started).subquery()
    begins = _begins(moments.c.at, since, span)
    counted = select(moments.c.label, begins, func.count()).where(moments.c.at >= since, moments.c.label.in_(labels))
    return _by_label(db.execute(counted.group_by(moments.c.label, BEGINS)))


def _begins(at: Any, since: datetime, span: timedelta) -> ColumnElement[datetime]:
    """When the span of a moment begins; what is grouped by it names it, since the database takes values for others."""
    return func.date_bin(span, at, since).label(BEGINS)


def _by_label(rows: Iterable[tuple[str, datetime, int]]) -> Hours:
    hours: defaultdict[str, dict[datetime, int]] = defaultdict(dict)
    for label, at, count in rows:
        hours[label][at] = count
    return hours
