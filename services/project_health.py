"""Project health: how many projects stand at which step, those that lie longest, and those that changed last."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import joinedload

from models import Project, ProjectStatus, StatusChange, SubjectKind
from services import totals
from services.console_rows import ProjectRow, project_row
from services.database import DbSession
from services.permissions import Actor
from services.scopes import visible

LYING_AFTER = timedelta(days=3)
"""How long a project may stand before `deploy_configured` until somebody should look at it."""
EARLY = (ProjectStatus.CODE_GENERATED, ProjectStatus.PROMPT_READY)
"""The steps before `deploy_configured`; a person takes on those that stand at the first of these."""
SHOWN = 10
"""Projects that are shown."""
LYING_SHOWN = 3
"""Those that lie among them, so that what changed last is seen too."""


@dataclass(frozen=True)
class ProjectHealth:
    """The projects in short."""

    counts: dict[ProjectStatus, int]
    rows: list[ProjectRow]
    """First those that have their code and lie longest, then those that changed last."""

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def project_health(db: DbSession, actor: Actor, *, now: datetime) -> ProjectHealth:
    """Counts and projects in the actor's scope: an index is read from its ends, however many projects there are."""
    lying = _some(
        db,
        actor,
        Project.status == EARLY[0],
        Project.updated_at < now - LYING_AFTER,
        order=(Project.updated_at, Project.id),
        limit=LYING_SHOWN,
    )
    newest = _some(db, actor, order=(Project.updated_at.desc(), Project.id.desc()), limit=SHOWN)
    projects = list(dict.fromkeys([*lying, *newest]))[:SHOWN]
    changes = _newest_changes(db, [project.id for project in projects])
    rows = [
        project_row(project, changes.get(project.id), actor=actor, is_lying=is_lying(project, now=now))
        for project in projects
    ]
    return ProjectHealth(totals.projects(db, actor), rows)


def is_lying(project: Project, *, now: datetime) -> bool:
    """Whether it has stood before `deploy_configured` for so long that somebody should look at it."""
    return project.status in EARLY and project.updated_at < now - LYING_AFTER


def _some(
    db: DbSession, actor: Actor, *conditions: ColumnElement[bool], order: Sequence[Any], limit: int
) -> Sequence[Project]:
    return db.scalars(
        select(Project)
        .where(visible(Project, actor), *conditions)
        .options(joinedload(Project.config), joinedload(Project.owner))
        .order_by(*order)
        .limit(limit)
    ).all()


def _newest_changes(db: DbSession, project_ids: Iterable[UUID]) -> dict[UUID, StatusChange]:
    changes = db.scalars(
        select(StatusChange)
        .ext(distinct_on(StatusChange.subject_id))
        .where(StatusChange.subject_kind == SubjectKind.PROJECT, StatusChange.subject_id.in_(project_ids))
        .order_by(StatusChange.subject_id, StatusChange.at.desc())
    )
    return {change.subject_id: change for change in changes}
