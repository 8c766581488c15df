"""The version of the summary: another text whenever anything that it shows has changed."""

from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, Text, cast, func, literal_column, select

from models import Deploy, DeployAttempt, OnboardingSession, Project, ProjectConfig
from services import totals
from services.database import DbSession
from services.permissions import Actor
from services.scopes import visible


def summary_version(db: DbSession, actor: Actor, *, rows: int, attempts: int) -> str:
    """A digest of all that an actor's summary is made of, found in one statement.

    Rows are told by their ids and by `xmin`, the transaction that wrote them as they are: PostgreSQL notes another with
    each change, whoever makes it and whatever triggers there are.

    Args:
        rows: how many of the newest sessions, and of the newest projects, it shows.
        attempts: how many of the newest attempts.
    """
    parts = [
        _counts(totals.by_status(actor, OnboardingSession)),
        _counts(totals.by_status(actor, Project)),
        _listed(_sessions(actor).limit(rows)),
        _listed(_projects(actor).limit(rows)),
        _listed(_attempts(actor).limit(attempts)),
    ]
    return str(db.scalars(select(func.md5(func.concat_ws("|", *parts)))).one())


def _sessions(actor: Actor) -> Select[str]:
    newest = OnboardingSession.updated_at.desc(), OnboardingSession.id.desc()
    return (
        _told(OnboardingSession.id, _written(OnboardingSession))
        .where(visible(OnboardingSession, actor))
        .order_by(*newest)
    )


def _projects(actor: Actor) -> Select[str]:
    newest = Project.updated_at.desc(), Project.id.desc()
    told = _told(Project.id, _written(Project), _written(ProjectConfig))
    joined = told.outerjoin(ProjectConfig, ProjectConfig.project_id == Project.id)
    return joined.where(visible(Project, actor)).order_by(*newest)


def _attempts(actor: Actor) -> Select[str]:
    """Of deploys only what the log shows of them, since they change more often than that."""
    newest = DeployAttempt.started_at.desc(), DeployAttempt.id.desc()
    told = _told(DeployAttempt.id, _written(DeployAttempt), Deploy.session_id, Deploy.hook_url)
    joined = told.join(Deploy, Deploy.id == DeployAttempt.deploy_id)
    return joined.where(visible(DeployAttempt, actor)).order_by(*newest)


def _told(*values: SQLColumnExpression[Any]) -> Select[str]:
    return select(func.concat_ws(" ", *values))


def _written(model: type[Any]) -> ColumnElement[Any]:
    return cast(literal_column(f"{model.__tablename__}.xmin"), Text)


def _counts(by_status: Select[str, int]) -> ColumnElement[Any]:
    """Each status that has any rows with their number, in a settled order."""
    label, total = by_status.subquery().c
    return _listed(select(func.concat_ws(" ", label, total)).where(total != 0).order_by(label))


def _listed(texts: Select[str]) -> ColumnElement[Any]:
    return cast(func.array(texts.scalar_subquery()), Text)
