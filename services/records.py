"""One record with everything about it, as far as an actor may see it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import joinedload

from models import (
    HELD_STATUSES,
    LIVE_STATUSES,
    WAITING_STATUSES,
    Deploy,
    DeployAttempt,
    DeployStatus,
    GoneHook,
    OnboardingSession,
    Project,
    Recovery,
    RecoveryItem,
    Room,
    RoomParticipant,
    StatusChange,
)
from services import offers, rooms, text, timeline
from services.database import DbSession
from services.deploys import gone, hooks, mask
from services.deploys.request import UNDER_WAY, why_nothing_to_deploy
from services.errors import InvalidInputError
from services.lookups import get_visible
from services.permissions import Actor, Permission, can
from services.record_details import (
    DeployAndAttempts,
    DeployDetails,
    ProjectDetails,
    RoomDetails,
    SessionDetails,
    StudioDetails,
)
from services.scopes import visible
from services.timeline import Show
from services.transitions import ORDER, next_step

DEPLOY_LIMIT = 10
ATTEMPT_LIMIT = 200
ROOM_LIMIT = 100
PARTICIPANT_LIMIT = 200
PROJECT_LIMIT = 50
"""Rows that one page shows of each kind, the newest ones."""


def get_session(
    db: DbSession,
    session_id: UUID,
    *,
    actor: Actor,
    default_hook_url: str | None = None,
    show: Show = Show.ALL,
) -> SessionDetails:
    """Raises:
    NotFoundError: there is no such session that the actor may see.
    """
    session = get_visible(
        db,
        OnboardingSession,
        session_id,
        actor,
        joinedload(OnboardingSession.user),
        joinedload(OnboardingSession.template),
    )
    deploys, projects = _deploys(db, session_id), _projects_of(db, session_id, actor)
    newest = _newest(deploys)
    gone_hooks = gone.of_sessions(db, [session], default_hook_url=default_hook_url)
    return SessionDetails(
        session=session,
        since=_since(db, session_id, session.created_at),
        projects=projects,
        deploys=deploys,
        deploy_count=_count(db, Deploy, Deploy.session_id == session_id),
        attempt_count=_count(db, DeployAttempt, DeployAttempt.deploy_id.in_(_deploy_ids(session_id))),
        room_count=_count(db, Room, Room.project_id.in_([project.id for project in projects])),
        hook=_hook(session, default_hook_url),
        gone=next(iter(gone_hooks.values()), None),
        retry=offers.retry_deploy(
            actor, session, newest.status if newest else None, default_hook_url=default_hook_url, gone_hooks=gone_hooks
        ),
        may_override=_may_override(actor, session, newest),
        may_cancel=can(actor, Permission.CANCEL_DEPLOY, owner_id=session.user_id),
        timeline=timeline.of_session(db, session_id, actor=actor, show=show),
    )


def get_project(db: DbSession, project_id: UUID, *, actor: Actor, show: Show = Show.ALL) -> ProjectDetails:
    """Raises:
    NotFoundError: there is no such project that the actor may see.
    """
    project = get_visible(
        db,
        Project,
        project_id,
        actor,
        joinedload(Project.owner),
        joinedload(Project.config),
    )
    may_jump = can(actor, Permission.STEP_BACK_PROJECT, owner_id=project.owner_id)
    step = next_step(project.status)
    origin = OnboardingSession.id == project.onboarding_session_id
    session = db.scalar(select(OnboardingSession).where(origin, visible(OnboardingSession, actor)))
    return ProjectDetails(
        project=project,
        since=_since(db, project_id, project.created_at),
        session=session,
        deploy_count=_count(db, Deploy, Deploy.session_id == session.id) if session else 0,
        rooms=rooms_of(db, project_id),
        room_count=_count(db, Room, Room.project_id == project_id),
        step=step,
        jumps=[status for status in ORDER if status not in (project.status, step)] if may_jump else [],
        may_advance=can(actor, Permission.ADVANCE_PROJECT, owner_id=project.owner_id),
        may_edit=can(actor, Permission.EDIT_PROJECT, owner_id=project.owner_id),
        timeline=timeline.of_project(db, project_id, actor=actor, show=show),
    )


def get_studio(db: DbSession, project_id: UUID, *, actor: Actor) -> StudioDetails:
    """Raises:
    NotFoundError: there is no such project that the actor may see.
    """
    project = get_visible(db, Project, project_id, actor, joinedload(Project.owner))
    may_edit = can(actor, Permission.EDIT_PROJECT, owner_id=project.owner_id)
    return StudioDetails(project, rooms_of(db, project_id), may_edit)


def get_deploy(db: DbSession, deploy_id: UUID, *, actor: Actor, show: Show = Show.ALL) -> DeployDetails:
    """Raises:
    NotFoundError: there is no such deploy that the actor may see.
    """
    deploy = get_visible(db, Deploy, deploy_id, actor, joinedload(Deploy.session).joinedload(OnboardingSession.user))
    owner_id = deploy.session.user_id
    waits = deploy.status in WAITING_STATUSES
    gave_up = deploy.status is DeployStatus.DEAD_LETTERED
    gone_hook, recovery = gone.find(db, deploy.hook_digest), _recovery_of(db, deploy_id)
    return DeployDetails(
        deploy=deploy,
        attempts=_attempts(db, [deploy_id]),
        attempt_count=_count(db, DeployAttempt, DeployAttempt.deploy_id == deploy_id),
        project=next(iter(_projects_of(db, deploy.session_id, actor)), None),
        hook=deploy.hook_masked,
        gone=gone_hook,
        recovery=recovery,
        may_retry=gave_up and can(actor, Permission.RETRY_DEPLOY, owner_id=owner_id),
        why_no_retry=_why_no_retry(db, deploy, gone_hook, recovery) if gave_up else None,
        may_cancel=waits and can(actor, Permission.CANCEL_DEPLOY, owner_id=owner_id),
        timeline=timeline.of_deploy(db, deploy_id, actor=actor, show=show),
    )


def get_room(db: DbSession, room_id: UUID, *, actor: Actor) -> RoomDetails:
    """Raises:
    NotFoundError: there is no such room that the actor may see.
    """
    room = rooms.get_room(db, room_id, actor=actor)
    here = RoomParticipant.room_id == room_id
    participants = db.scalars(
        select(RoomParticipant)
        .where(here)
        .options(joinedload(RoomParticipant.user))
        .order_by(RoomParticipant.joined_at.desc(), RoomParticipant.id)
        .limit(PARTICIPANT_LIMIT)
    ).all()
    return RoomDetails(
        room=room,
        participants=participants,
        participant_count=_count(db, RoomParticipant, here),
        may_edit=can(actor, Permission.EDIT_ROOM, owner_id=room.project.owner_id),
        timeline=timeline.of_room(db, room_id, actor=actor),
    )


def newest_projects(db: DbSession, *, actor: Actor, title: str | None = None) -> Sequence[Project]:
    """The projects that changed last, with their owners.

    Args:
        title: only those whose title holds this text, whatever its case.

    Raises:
        InvalidInputError: the text can't be searched for.
    """
    title = text.clean(title, field="q", limit=text.SHORT)
    query = select(Project).where(visible(Project, actor)).options(joinedload(Project.owner))
    if title:
        query = query.where(Project.title.icontains(title, autoescape=True))
    return db.scalars(query.order_by(Project.updated_at.desc(), Project.id.desc()).limit(PROJECT_LIMIT)).all()


def rooms_of(db: DbSession, project_id: UUID) -> Sequence[Room]:
    """A project's rooms, newest first, with their states."""
    return db.scalars(
        select(Room)
        .where(Room.project_id == project_id)
        .options(joinedload(Room.state))
        .order_by(Room.created_at.desc(), Room.id)
        .limit(ROOM_LIMIT)
    ).all()


def _count(db: DbSession, model: type[Any], condition: ColumnElement[bool]) -> int:
    return db.scalar(select(func.count()).select_from(model).where(condition)) or 0


def _deploy_ids(session_id: UUID) -> Any:
    return select(Deploy.id).where(Deploy.session_id == session_id)


def _since(db: DbSession, subject_id: UUID, created_at: datetime) -> datetime:
    """Since when a session or project has its status."""
    return db.scalar(select(func.max(StatusChange.at)).where(StatusChange.subject_id == subject_id)) or created_at


def _recovery_of(db: DbSession, deploy_id: UUID) -> Recovery | None:
    """The recovery that holds a deploy: at most one does at a time."""
    held = RecoveryItem.deploy_id == deploy_id, RecoveryItem.status.in_(HELD_STATUSES)
    return db.scalar(select(Recovery).join(RecoveryItem).where(*held))


def _why_no_retry(db: DbSession, deploy: Deploy, gone_hook: GoneHook | None, recovery: Recovery | None) -> str | None:
    if recovery is not None:
        return "A recovery holds this deploy and sends it again in one of its waves."
    if gone_hook is not None:
        return gone.why_not(gone_hook)
    live_sibling = exists().where(Deploy.session_id == deploy.session_id, Deploy.status.in_(LIVE_STATUSES))
    return UNDER_WAY if db.scalar(select(live_sibling)) else None


def _projects_of(db: DbSession, session_id: UUID, actor: Actor) -> Sequence[Project]:
    return db.scalars(
        select(Project)
        .where(Project.onboarding_session_id == session_id, visible(Project, actor))
        .order_by(Project.created_at.desc(), Project.id)
        .limit(PROJECT_LIMIT)
    ).all()


def _deploys(db: DbSession, session_id: UUID) -> list[DeployAndAttempts]:
    deploys = db.scalars(
        select(Deploy)
        .where(Deploy.session_id == session_id)
        .order_by(Deploy.created_at.desc(), Deploy.id.desc())
        .limit(DEPLOY_LIMIT)
    ).all()
    attempts = _attempts(db, [deploy.id for deploy in deploys])
    return [DeployAndAttempts(deploy, [a for a in attempts if a.deploy_id == deploy.id]) for deploy in deploys]


def _attempts(db: DbSession, deploy_ids: Sequence[UUID]) -> Sequence[DeployAttempt]:
    return db.scalars(
        select(DeployAttempt)
        .where(DeployAttempt.deploy_id.in_(deploy_ids))
        .order_by(DeployAttempt.started_at.desc(), DeployAttempt.attempt_number.desc())
        .limit(ATTEMPT_LIMIT)
    ).all()


def _hook(session: OnboardingSession, default_hook_url: str | None) -> str:
    try:
        url = hooks.resolve(None, session.survey, session.vercel_hook_url, default_hook_url)
    except InvalidInputError as error:
        return f"None that can be called. {error.message}"
    return mask(url) if url else "None is set."


def _may_override(actor: Actor, session: OnboardingSession, newest: Deploy | None) -> bool:
    if why_nothing_to_deploy(session) or (newest is not None and newest.status.is_live):
        return False
    return can(actor, Permission.OVERRIDE_HOOK, owner_id=session.user_id)


def _newest(deploys: Sequence[DeployAndAttempts]) -> Deploy | None:
    """The live one, or else the newest."""
    live = (item.deploy for item in deploys if item.deploy.status.is_live)
    return next(live, deploys[0].deploy if deploys else None)
