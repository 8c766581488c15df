"""Totals: how many sessions and projects there are, by status."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import Select, func, select

from models import OnboardingSession, Project, ProjectStatus, SessionStatus
from services import metrics
from services.database import DbSession
from services.permissions import Actor, Permission, Scope
from services.scopes import visible

Status = TypeVar("Status", bound=StrEnum)


@dataclass(frozen=True)
class Totals:
    """How many records there are, by status; every status is there, with 0 where there are none."""

    sessions: dict[SessionStatus, int]
    projects: dict[ProjectStatus, int]

    @property
    def all_sessions(self) -> int:
        return sum(self.sessions.values())

    @property
    def all_projects(self) -> int:
        return sum(self.projects.values())


def totals(db: DbSession, actor: Actor) -> Totals:
    """Records by status, in the actor's scope: of whole tables from the counter ledger, else counted."""
    return Totals(sessions=sessions(db, actor), projects=projects(db, actor))


def sessions(db: DbSession, actor: Actor) -> dict[SessionStatus, int]:
    return _by_status(db, actor, OnboardingSession, SessionStatus)


def projects(db: DbSession, actor: Actor) -> dict[ProjectStatus, int]:
    return _by_status(db, actor, Project, ProjectStatus)


def by_status(actor: Actor, model: type[Any]) -> Select[str, int]:
    """Statuses of a table and how many rows have each, in the actor's scope; some statuses may be missing."""
    if actor.scope(Permission.SEE_RECORDS) is Scope.ALL:
        return metrics.summed(model.__tablename__)
    return select(model.status, func.count()).where(visible(model, actor)).group_by(model.status)


def _by_status(db: DbSession, actor: Actor, model: type[Any], statuses: type[Status]) -> dict[Status, int]:
    counted = {str(status): int(total) for status, total in db.execute(by_status(actor, model))}
    return {status: counted.get(status, 0) for status in statuses}
