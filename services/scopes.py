"""Row-level scope: which rows of each table an actor may see."""

from typing import Any

from sqlalchemy import ColumnElement, false, select, true

from models import (
    BulkJob,
    Deploy,
    DeployAttempt,
    OnboardingSession,
    Project,
    ProjectConfig,
    Room,
    RoomParticipant,
    RoomState,
)
from services.permissions import Actor, Permission, Scope


def visible(model: type[Any], actor: Actor, permission: Permission = Permission.SEE_RECORDS) -> ColumnElement[bool]:
    """A condition on `model`'s rows that holds for those the actor may see.

    Tables that belong to nobody are seen whole or not at all.
    """
    match actor.scope(permission):
        case Scope.ALL:
            return true()
        case Scope.OWN:
            return _owned(model, actor)
        case None:
            return false()


def _owned(model: type[Any], actor: Actor) -> ColumnElement[bool]:
    sessions = select(OnboardingSession.id).where(OnboardingSession.user_id == actor.id)
    projects = select(Project.id).where(Project.owner_id == actor.id)
    rooms = select(Room.id).where(Room.project_id.in_(projects))
    owned: dict[type[Any], ColumnElement[bool]] = {
        OnboardingSession: OnboardingSession.user_id == actor.id,
        Deploy: Deploy.session_id.in_(sessions),
        DeployAttempt: DeployAttempt.deploy_id.in_(select(Deploy.id).where(Deploy.session_id.in_(sessions))),
        Project: Project.owner_id == actor.id,
        ProjectConfig: ProjectConfig.project_id.in_(projects),
        Room: Room.project_id.in_(projects),
        RoomState: RoomState.room_id.in_(rooms),
        RoomParticipant: RoomParticipant.room_id.in_(rooms),
        BulkJob: BulkJob.actor_id == actor.id,
    }
    return owned.get(model, false())
