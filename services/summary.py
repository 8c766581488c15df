"""The summary: what programs read of the console first, in as few and as small questions as it takes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import md5
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, SQLColumnExpression, Text, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import joinedload

from models import Deploy, DeployAttempt, OnboardingSession, Project, ProjectConfig, ProjectStatus, SessionStatus
from services import totals
from services.constants import constant
from services.database import DbSession
from services.permissions import Actor
from services.scopes import visible
from services.totals import Totals

ROWS, ATTEMPTS = 10, 15
"""How many of the newest sessions and projects, and of the newest attempts, are in a summary."""
_KEPT = 500
"""People for whom the questions are kept, since to put them together takes longer than to ask them."""


@dataclass(frozen=True)
class State:
    """What a summary is made from, and its totals, which are found on the way."""

    version: str
    """Another text whenever anything that the summary shows has changed."""
    totals: Totals


def state(db: DbSession, actor: Actor) -> State:
    """How things stand for an actor, found in one statement.

    Rows are told by their ids and by `xmin`, the transaction that wrote them as they are: PostgreSQL notes another with
    each change, whoever makes it and whatever triggers there are.
    """
    sessions, projects, *newest = db.connection().execute(_state(actor)).one()
    version = md5(repr((sessions, projects, newest)).encode(), usedforsecurity=False).hexdigest()
    return State(version, Totals(_totals(sessions, SessionStatus), _totals(projects, ProjectStatus)))


def newest_sessions(db: DbSession, actor: Actor) -> Sequence[OnboardingSession]:
    return db.scalars(_newest_sessions(actor)).all()


def newest_projects(db: DbSession, actor: Actor) -> Sequence[Project]:
    """Each with its configuration."""
    return db.scalars(_newest_projects(actor)).all()


def newest_attempts(db: DbSession, actor: Actor) -> Sequence[Row[Any]]:
    """What the log shows of each: `session_id` and `hook_masked`, and columns of the attempt by their names."""
    return db.connection().execute(_newest_attempts(actor)).all()


@lru_cache(_KEPT)
def _newest_sessions(actor: Actor) -> Any:
    return _by_change(select(OnboardingSession), OnboardingSession, actor)


@lru_cache(_KEPT)
def _newest_projects(actor: Actor) -> Any:
    return _by_change(select(Project).options(joinedload(Project.config)), Project, actor)


@lru_cache(_KEPT)
def _newest_attempts(actor: Actor) -> Any:
    shown = (
        Deploy.session_id,
        Deploy.hook_masked,
        DeployAttempt.started_at,
        DeployAttempt.ok,
        DeployAttempt.status_code,
        DeployAttempt.response_excerpt,
        DeployAttempt.error_message,
    )
    return _by_start(select(*shown), actor)


@lru_cache(_KEPT)
def _state(actor: Actor) -> Select[Any]:
    sessions = _told(OnboardingSession.id, _written(OnboardingSession))
    projects = _told(Project.id, _written(Project), _written(ProjectConfig)).outerjoin(
        ProjectConfig, ProjectConfig.project_id == Project.id
    )
    # Of deploys only what the log shows of them, since they change more often than that.
    attempts = _told(DeployAttempt.id, _written(DeployAttempt), Deploy.session_id, Deploy.hook_masked)
    return select(
        _counts(actor, OnboardingSession),
        _counts(actor, Project),
        _listed(_by_change(sessions, OnboardingSession, actor)),
        _listed(_by_change(projects, Project, actor)),
        _listed(_by_start(attempts, actor)),
    )


def _by_change(query: Any, model: Any, actor: Actor) -> Any:
    return query.where(visible(model, actor)).order_by(model.updated_at.desc(), model.id.desc()).limit(constant(ROWS))


def _by_start(query: Any, actor: Actor) -> Any:
    newest = DeployAttempt.started_at.desc(), DeployAttempt.id.desc()
    joined = query.join(Deploy, Deploy.id == DeployAttempt.deploy_id)
    return joined.where(visible(DeployAttempt, actor)).order_by(*newest).limit(constant(ATTEMPTS))


def _told(*values: SQLColumnExpression[Any]) -> Select[str]:
    return select(func.concat_ws(constant(" "), *values))


def _written(model: type[Any]) -> ColumnElement[Any]:
    return cast(literal_column(f"{model.__tablename__}.xmin"), Text)


def _listed(texts: Select[Any]) -> ColumnElement[Any]:
    return cast(func.array(texts.scalar_subquery()), Text)


def _counts(actor: Actor, model: type[Any]) -> ColumnElement[Any]:
    """Each status that has any rows and their number, as JSON in a settled order."""
    label, total = totals.by_status(actor, model).subquery().c
    counted = select(func.json_object_agg(label, aggregate_order_by(total, label))).where(total != constant(0))
    return cast(counted.scalar_subquery(), Text)


def _totals(counted: str | None, statuses: Any) -> Any:
    known = json.loads(counted) if counted else {}
    return {status: int(known.get(status, 0)) for status in statuses}
