"""Sightings: that somebody opened a record which belongs to another, once for each person, record and hour."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Select, Uuid, literal, select
from sqlalchemy.dialects.postgresql import insert

from models import (
    AuditEvent,
    Deploy,
    DeployAttempt,
    OnboardingSession,
    Project,
    ProjectConfig,
    Room,
    RoomState,
    User,
)
from services.database import DbSession
from services.permissions import Actor

VIEW = ":view"
"""How the tags of sightings end; they are no acts upon a record."""
_NAMESPACE = UUID("6f1f3c36-5a56-4e0c-9a4e-2f2a6f2c8f11")
_DEPLOYS = select(OnboardingSession.user_id).join(Deploy, Deploy.session_id == OnboardingSession.id)
_ROOMS = select(Project.owner_id).join(Room, Room.project_id == Project.id)

OWNERS: dict[type[Any], tuple[str, Select[Any], Any]] = {
    OnboardingSession: ("session", select(OnboardingSession.user_id), OnboardingSession.id),
    Deploy: ("deploy", _DEPLOYS, Deploy.id),
    DeployAttempt: ("attempt", _DEPLOYS.join(DeployAttempt, DeployAttempt.deploy_id == Deploy.id), DeployAttempt.id),
    Project: ("project", select(Project.owner_id), Project.id),
    ProjectConfig: (
        "configuration",
        select(Project.owner_id).join(ProjectConfig, ProjectConfig.project_id == Project.id),
        ProjectConfig.id,
    ),
    Room: ("room", _ROOMS, Room.id),
    RoomState: ("room_state", _ROOMS.join(RoomState, RoomState.room_id == Room.id), RoomState.id),
    User: ("user", select(User.id), User.id),
}
"""Of each kind of record that belongs to somebody: what it is called in tags, whose one is, and its id."""


def note(
    db: DbSession, actor: Actor, model: type[Any], record_id: UUID, *, request_id: str | None, now: datetime
) -> None:
    """Add the audit event, unless the record is the person's own, or they opened it within this hour already.

    One statement does it: the event's id follows from who, what and when, so that a second one is no new row.
    """
    kind, owner, key = OWNERS[model]
    by = actor.acting_by or actor
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    values: dict[str, Any] = {
        "id": literal(uuid5(_NAMESPACE, f"{by.id} {kind} {record_id} {hour.isoformat()}"), Uuid()),
        "actor_id": literal(by.id, Uuid()),
        "actor": literal(by.name),
        "origin": literal(by.origin or actor.origin),
        "request_id": literal(request_id),
        "tag": literal(f"{kind}{VIEW}"),
        "subject_kind": literal(kind),
        "subject_id": literal(record_id, Uuid()),
    }
    owner_id, columns = owner.selected_columns[0], list(values.values())
    of_others = owner.where(key == record_id, owner_id != by.id).with_only_columns(*columns)
    event = insert(AuditEvent).from_select(list(values), of_others, include_defaults=False)
    db.execute(event.on_conflict_do_nothing())
