"""The dashboard: one function a widget, each scoped to who asks, and the reads that the API shares with them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased, joinedload, selectinload

from models import (
    LIVE_STATUSES,
    Deploy,
    DeployAttempt,
    DeployStatus,
    OnboardingSession,
    Project,
    ProjectStatus,
    Room,
    SessionStatus,
    StatusChange,
    SubjectKind,
)
from services import metrics
from services.console_rows import (
    AttemptRow,
    Choice,
    ProjectRow,
    SessionRow,
    WaitingRow,
    attempt_row,
    project_row,
    room_choice,
    session_row,
    waiting_row,
)
from services.database import DbSession
from services.deploys import gone
from services.deploys.telling import telling_deploys
from services.errors import InvalidInputError
from services.permissions import Actor, Permission, Scope, can
from services.scopes import visible

LOG_LENGTH = 15
"""Rows of the deploy log."""
CHOICES = 20
"""Records from which a quick action lets a person choose."""
CANDIDATES = 200
"""Deploys that gave up last, among which those are looked for that nothing newer has replaced."""

Status = TypeVar("Status", bound=StrEnum)


class DeployTab(StrEnum):
    """Which attempts the deploy log shows."""

    ALL = "all"
    FAILED = "failed"
    UNDER_WAY = "under_way"


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

    @property
    def conversion(self) -> float | None:
        """Completed sessions as a part of all, from 0 to 1; null where there are none."""
        return self.sessions[SessionStatus.COMPLETED] / self.all_sessions if self.all_sessions else None


@dataclass(frozen=True)
class DeployLog:
    """The deploy log on one of its tabs."""

    tab: DeployTab
    attempts: list[AttemptRow]
    waiting: list[WaitingRow]
    """Deploys that wait for their next attempt, soonest first; only on the tab of what is under way."""


@dataclass(frozen=True)
class QuickActions:
    """What can be done from the dashboard without looking for a record first."""

    may_run_wizard: bool
    may_retry: bool
    retryable: list[Choice]
    """Sessions whose newest deploy gave up, newest first."""
    rooms: list[Choice]
    """Newest first."""


def totals(db: DbSession, actor: Actor) -> Totals:
    """Records by status, in the actor's scope: of whole tables from the counter ledger, else counted."""
    return Totals(
        sessions=_totals(db, actor, OnboardingSession, SessionStatus),
        projects=_totals(db, actor, Project, ProjectStatus),
    )


def recent_sessions(db: DbSession, actor: Actor, limit: int = 10) -> Sequence[OnboardingSession]:
    """The sessions changed last, newest first, each with its person and template."""
    return db.scalars(
        select(OnboardingSession)
        .where(visible(OnboardingSession, actor))
        .options(joinedload(OnboardingSession.user), joinedload(OnboardingSession.template))
        .order_by(OnboardingSession.updated_at.desc(), OnboardingSession.id.desc())
        .limit(limit)
    ).all()


def recent_projects(db: DbSession, actor: Actor, limit: int = 10) -> Sequence[Project]:
    """The projects changed last, newest first, each with its configuration and owner."""
    return db.scalars(
        select(Project)
        .where(visible(Project, actor))
        .options(joinedload(Project.config), joinedload(Project.owner))
        .order_by(Project.updated_at.desc(), Project.id.desc())
        .limit(limit)
    ).all()


def attempt_log(
    db: DbSession, actor: Actor, tab: DeployTab | str = DeployTab.ALL, limit: int = LOG_LENGTH
) -> Sequence[DeployAttempt]:
    """The newest attempts, newest first, each with its deploy and session.

    Raises:
        InvalidInputError: there is no such tab.
    """
    shown: dict[DeployTab, ColumnElement[Any]] = {
        DeployTab.ALL: true(),
        DeployTab.FAILED: ~DeployAttempt.ok,
        DeployTab.UNDER_WAY: DeployAttempt.ok.is_(None),
    }
    return db.scalars(
        select(DeployAttempt)
        .where(visible(DeployAttempt, actor), shown[parse_tab(tab)])
        .options(joinedload(DeployAttempt.deploy).joinedload(Deploy.session))
        .order_by(DeployAttempt.started_at.desc(), DeployAttempt.id.desc())
        .limit(limit)
    ).all()


def parse_tab(text: str) -> DeployTab:
    """The tab that a URL names.

    Raises:
        InvalidInputError: there is no such tab.
    """
    try:
        return DeployTab(text)
    except ValueError:
        raise InvalidInputError(f"The deploy log has the tabs {', '.join(DeployTab)}.", field="deploys") from None


def onboarding_table(db: DbSession, actor: Actor, *, default_hook_url: str | None) -> list[SessionRow]:
    """The sessions changed last, with what their newest deploy came to and whether it may be retried."""
    sessions = recent_sessions(db, actor)
    deploys = telling_deploys(db, [session.id for session in sessions])
    gone_hooks = gone.of_sessions(db, sessions, default_hook_url=default_hook_url)
    return [
        session_row(
            session,
            deploys.get(session.id),
            actor=actor,
            default_hook_url=default_hook_url,
            gone_hooks=gone_hooks,
        )
        for session in sessions
    ]


def projects_timeline(db: DbSession, actor: Actor) -> list[ProjectRow]:
    """The projects changed last, with their newest step and whether they may be marked as configured."""
    projects = recent_projects(db, actor)
    changes = _newest_changes(db, [project.id for project in projects])
    return [project_row(project, changes.get(project.id), actor=actor) for project in projects]


def deploy_log(db: DbSession, actor: Actor, tab: DeployTab | str = DeployTab.ALL) -> DeployLog:
    """The newest attempts; on the tab of what is under way, also the deploys that wait for their next one.

    Raises:
        InvalidInputError: there is no such tab.
    """
    tab = parse_tab(tab)
    attempts = [attempt_row(attempt) for attempt in attempt_log(db, actor, tab)]
    return DeployLog(tab, attempts, _waiting(db, actor) if tab is DeployTab.UNDER_WAY else [])


def quick_actions(db: DbSession, actor: Actor) -> QuickActions:
    """What the actor may start, retry or open."""
    may_retry = can(actor, Permission.RETRY_DEPLOY)
    return QuickActions(
        may_run_wizard=can(actor, Permission.RUN_WIZARD),
        may_retry=may_retry,
        retryable=_retryable(db, actor) if may_retry else [],
        rooms=_rooms(db, actor),
    )


def _totals(db: DbSession, actor: Actor, model: type[Any], statuses: type[Status]) -> dict[Status, int]:
    if actor.scope(Permission.SEE_RECORDS) is Scope.ALL:
        counted = metrics.totals(db, model.__tablename__)
    else:
        query = select(model.status, func.count()).where(visible(model, actor)).group_by(model.status)
        counted = {str(status): total for status, total in db.execute(query)}
    return {status: counted.get(status, 0) for status in statuses}


def _newest_changes(db: DbSession, project_ids: Iterable[UUID]) -> dict[UUID, StatusChange]:
    changes = db.scalars(
        select(StatusChange)
        .ext(distinct_on(StatusChange.subject_id))
        .where(StatusChange.subject_kind == SubjectKind.PROJECT, StatusChange.subject_id.in_(project_ids))
        .order_by(StatusChange.subject_id, StatusChange.at.desc())
    )
    return {change.subject_id: change for change in changes}


def _waiting(db: DbSession, actor: Actor) -> list[WaitingRow]:
    deploys = db.scalars(
        select(Deploy)
        .where(visible(Deploy, actor), Deploy.status.in_([DeployStatus.QUEUED, DeployStatus.RETRY_SCHEDULED]))
        .options(joinedload(Deploy.session))
        .order_by(Deploy.next_attempt_at, Deploy.id)
        .limit(LOG_LENGTH)
    )
    return [waiting_row(deploy) for deploy in deploys]


def _retryable(db: DbSession, actor: Actor) -> list[Choice]:
    """Sessions whose newest deploy is dead-lettered, so that it is the one which a retry queues again."""
    given_up = (
        select(Deploy.id)
        .where(visible(Deploy, actor, Permission.RETRY_DEPLOY), Deploy.status == DeployStatus.DEAD_LETTERED)
        .order_by(Deploy.created_at.desc())
        .limit(CANDIDATES)
    )
    newer = aliased(Deploy)
    superseded = exists().where(
        newer.session_id == Deploy.session_id,
        (newer.created_at > Deploy.created_at) | newer.status.in_(LIVE_STATUSES),
    )
    deploys = db.scalars(
        select(Deploy)
        .where(Deploy.id.in_(given_up), ~superseded)
        .options(joinedload(Deploy.session))
        .order_by(Deploy.created_at.desc(), Deploy.id.desc())
        .limit(CHOICES)
    )
    return [Choice(deploy.session_id, f"{deploy.session} · {str(deploy.session_id)[:8]}") for deploy in deploys]


def _rooms(db: DbSession, actor: Actor) -> list[Choice]:
    rooms = db.scalars(
        select(Room)
        .where(visible(Room, actor))
        .options(selectinload(Room.project))
        .order_by(Room.created_at.desc(), Room.id.desc())
        .limit(CHOICES)
    )
    return [room_choice(room) for room in rooms]
