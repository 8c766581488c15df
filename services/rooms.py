"""Rooms: where people work on a project's prompt together."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from models import ComboType, Project, Room, RoomParticipant, RoomState
from services import audit, text
from services.database import DbSession
from services.errors import InvalidInputError, NotFoundError
from services.permissions import Actor, Permission, require
from services.scopes import visible


def get_room(db: DbSession, room_id: UUID, *, actor: Actor) -> Room:
    """A room with its project, state and participants.

    Raises:
        NotFoundError: there is no such room that the actor may see.
    """
    room = db.scalar(
        select(Room)
        .where(Room.id == room_id, visible(Room, actor))
        .options(
            joinedload(Room.project).joinedload(Project.owner),
            joinedload(Room.state),
            selectinload(Room.participants).joinedload(RoomParticipant.user),
        )
    )
    if room is None:
        raise NotFoundError("There is no such room.")
    return room


def edit(db: DbSession, room_id: UUID, fields: Mapping[str, Any], *, actor: Actor) -> Room:
    """Change a room's name, prompt or combo.

    Args:
        fields: any of name, current_prompt_text and selected_combo_type (null for none).

    Raises:
        NotFoundError: there is no such room that the actor may see.
        ForbiddenError: not this actor's to edit.
        InvalidInputError: a value can't be used.
    """
    room = get_room(db, room_id, actor=actor)
    require(actor, Permission.EDIT_ROOM, owner_id=room.project.owner_id)
    state = room.state or RoomState(room_id=room.id)
    values = _parse(fields)
    now_is = {name: getattr(room if name == "name" else state, name) for name in values}
    before, after = audit.changed(now_is, values)
    if not after:
        return room
    for name, value in after.items():
        setattr(room if name == "name" else state, name, value)
    db.add(state)
    db.flush()
    audit.record(db, actor, "room:edit", room_id, before=before, after=after)
    return room


def _parse(fields: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "name" in fields:
        values["name"] = text.clean(fields["name"], field="name", limit=text.SHORT, required=True)
    if "current_prompt_text" in fields:
        values["current_prompt_text"] = text.clean(
            fields["current_prompt_text"], field="current_prompt_text", limit=text.LONG
        )
    if "selected_combo_type" in fields:
        values["selected_combo_type"] = _combo(fields["selected_combo_type"])
    return values


def _combo(value: Any) -> ComboType | None:
    if not value:
        return None
    try:
        return ComboType(value)
    except ValueError:
        raise InvalidInputError(f"This must be one of {', '.join(ComboType)}.", field="selected_combo_type") from None
