"""Counts by the hour: of all from the counter ledger, of one person's own from that person's rows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select

from models import DeployAttempt, MetricDelta, OnboardingSession, Project, StatusChange, SubjectKind
from services.database import DbSession
from services.permissions import Actor, Permission, Scope
from services.scopes import visible

STARTED = "started"
"""The label of what came into being, whichever status it had first."""
SUCCEEDED, FAILED = "succeeded", "failed"

Hours = Mapping[str, Mapping[datetime, int]]
"""By label, how many in which hour; hours without any are left out, and labels too."""

_SUBJECTS: dict[SubjectKind, type[Any]] = {SubjectKind.SESSION: OnboardingSession, SubjectKind.PROJECT: Project}


def reached(db: DbSession, actor: Actor, kind: SubjectKind, labels: Collection[str], *, since: datetime) -> Hours:
    """How many sessions, or projects, reached statuses for the first time.

    Args:
        labels: which of their statuses, and `STARTED`.
        since: the beginning of an hour.
    """
    if actor.scope(Permission.SEE_RECORDS) is Scope.ALL:
        return _ledger(db, f"{kind}s_reached", labels, since)
    return _own_reached(db, actor, kind, labels, since)


def attempts(db: DbSession, actor: Actor, *, since: datetime) -> Hours:
    """How many attempts began that `SUCCEEDED` or `FAILED`; those under way are neither yet."""
    if actor.scope(Permission.SEE_RECORDS) is Scope.ALL:
        return _ledger(db, DeployAttempt.__tablename__, (SUCCEEDED, FAILED), since)
    hour = _hour(DeployAttempt.started_at)
    rows = db.execute(
        select(DeployAttempt.ok, hour, func.count())
        .where(visible(DeployAttempt, actor), DeployAttempt.ok.is_not(None), DeployAttempt.started_at >= since)
        .group_by(DeployAttempt.ok, hour)
    )
    return _by_label((SUCCEEDED if ok else FAILED, at, count) for ok, at, count in rows)


def _ledger(db: DbSession, metric: str, labels: Collection[str], since: datetime) -> Hours:
    rows = db.execute(
        select(MetricDelta.label, MetricDelta.bucket, func.sum(MetricDelta.delta))
        .where(MetricDelta.metric == metric, MetricDelta.label.in_(labels), MetricDelta.bucket >= since)
        .group_by(MetricDelta.label, MetricDelta.bucket)
    )
    return _by_label((label, at, int(count)) for label, at, count in rows if count)


def _own_reached(db: DbSession, actor: Actor, kind: SubjectKind, labels: Collection[str], since: datetime) -> Hours:
    subject = _SUBJECTS[kind]
    own = select(subject.id).where(visible(subject, actor))
    concerning = (StatusChange.subject_kind == kind, StatusChange.subject_id.in_(own))
    first = (
        select(StatusChange.to_status.label("label"), func.min(StatusChange.at).label("at"))
        .where(*concerning)
        .group_by(StatusChange.subject_id, StatusChange.to_status)
    )
    label: ColumnElement[str] = literal_column(f"'{STARTED}'").label("label")
    started = select(label, StatusChange.at.label("at")).where(*concerning, StatusChange.from_status.is_(None))
    moments = first.union_all(started).subquery()
    hour = _hour(moments.c.at)
    counted = select(moments.c.label, hour, func.count()).where(moments.c.at >= since, moments.c.label.in_(labels))
    return _by_label(db.execute(counted.group_by(moments.c.label, hour)))


def _hour(at: Any) -> ColumnElement[datetime]:
    return func.date_trunc(literal_column("'hour'"), at, literal_column("'UTC'"))


def _by_label(rows: Iterable[tuple[str, datetime, int]]) -> Hours:
    hours: defaultdict[str, dict[datetime, int]] = defaultdict(dict)
    for label, at, count in rows:
        hours[label][at] = count
    return hours
