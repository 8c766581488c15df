"""The dashboard: one function a widget, each scoped to who asks, and the reads that the API shares with them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, exists, select, true
from sqlalchemy.orm import aliased, joinedload, selectinload

from models import (
    LIVE_STATUSES,
    Deploy,
    DeployAttempt,
    DeployStatus,
    OnboardingSession,
    Project,
    Room,
    SessionStatus,
)
from services import totals
from services.console_rows import (
    AttemptRow,
    Choice,
    SessionRow,
    WaitingRow,
    attempt_row,
    room_choice,
    session_row,
    waiting_row,
)
from services.database import DbSession
from services.deploys import gone
from services.deploys.telling import telling_deploys
from services.errors import InvalidInputError
from services.permissions import Actor, Permission, can
from services.scopes import visible

LOG_LENGTH = 15
"""Rows of the deploy log."""
CHOICES = 20
"""Records from which a quick action lets a person choose."""
CANDIDATES = 200
"""Deploys that gave up last, among which those are looked for that nothing newer has replaced."""


class DeployTab(StrEnum):
    """Which attempts the deploy log shows."""

    ALL = "all"
    FAILED = "failed"
    UNDER_WAY = "under_way"


@dataclass(frozen=True)
class LatestSessions:
    """The sessions that changed last, and how many there are by status."""

    rows: list[SessionRow]
    counts: dict[SessionStatus, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


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


def latest_sessions(db: DbSession, actor: Actor, *, default_hook_url: str | None) -> LatestSessions:
    """The sessions changed last, with what their newest deploy came to and whether it may be retried."""
    sessions = recent_sessions(db, actor)
    deploys = telling_deploys(db, [session.id for session in sessions])
    gone_hooks = gone.of_sessions(db, sessions, default_hook_url=default_hook_url)
    rows = [
        session_row(
            session,
            deploys.get(session.id),
            actor=actor,
            default_hook_url=default_hook_url,
            gone_hooks=gone_hooks,
        )
        for session in sessions
    ]
    return LatestSessions(rows, totals.sessions(db, actor))


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
