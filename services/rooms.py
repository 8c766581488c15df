"""Rooms: where people work on a project's prompt together."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import ComboType, Project, Room, RoomState
from services import audit, text
from services.database import DbSession
from services.errors import InvalidInputError, NotFoundError, StaleError
from services.permissions import Actor, Permission, require
from services.scopes import visible


def get_room(db: DbSession, room_id: UUID, *, actor: Actor) -> Room:
    """A room with its project, the project's owner and its state, as they are in the database now.

    Raises:
        NotFoundError: there is no such room that the actor may see.
    """
    room = db.scalar(
        select(Room)
        .where(Room.id == room_id, visible(Room, actor))
        .options(joinedload(Room.project).joinedload(Project.owner), joinedload(Room.state))
        .execution_options(populate_existing=True)
    )
    if room is None:
        raise NotFoundError("There is no such room.")
    return room


def version(room: Room) -> str:
    """What tells two versions of a room apart, whoever wrote them: a digest of all that can be edited."""
    state = room.state or RoomState()
    content = [room.name, state.current_prompt_text, state.selected_combo_type]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def edit(
    db: DbSession,
    room_id: UUID,
    fields: Mapping[str, Any],
    *,
    actor: Actor,
    seen_version: str | None = None,
    tag: str = "room:edit",
) -> Room:
    """Change a room's name, prompt or combo.

    Args:
        fields: any of name, current_prompt_text and selected_combo_type (null for none).
        seen_version: the `version` of the room that the person saw.
        tag: what the audit trail calls it, where it is done to undo something.

    Raises:
        NotFoundError: there is no such room that the actor may see.
        ForbiddenError: not this actor's to edit.
        StaleError: the room changed since.
        InvalidInputError: a value can't be used.
    """
    room = lock_room(db, room_id, actor=actor)
    require(actor, Permission.EDIT_ROOM, owner_id=room.project.owner_id)
    if seen_version is not None and seen_version != version(room):
        raise StaleError("This room changed since you opened it; nothing was saved. Look at the newer version first.")
    values = _parse(fields)
    state = room.state or RoomState(room_id=room_id)
    now_is = {name: getattr(room if name == "name" else state, name) for name in values}
    before, after = audit.changed(now_is, values)
    for name, value in after.items():
        setattr(room if name == "name" else state, name, value)
    if after.keys() - {"name"}:
        room.state = state
    if after:
        audit.record(db, actor, tag, room_id, before=before, after=after)
    return room


def lock_room(db: DbSession, room_id: UUID, *, actor: Actor) -> Room:
    """As `get_room`, for one person at a time: what is read is what the one before has left.

    Raises:
        NotFoundError: there is no such room that the actor may see.
    """
    db.execute(select(Room.id).where(Room.id == room_id).with_for_update())
    return get_room(db, room_id, actor=actor)


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
