"""Taking back an edit: each field that it changed is again what it was, unless somebody has changed it since."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from models import PromptTemplate
from services import projects, rooms, saved_views, templates
from services.database import DbSession
from services.errors import ConflictError, NotFoundError
from services.permissions import Actor

Fields = Mapping[str, Any]
Edit = Callable[[DbSession, UUID, Fields, Fields, Actor], str]
"""Of a record's id and its changed fields before and after the edit."""

TEMPLATE_FIELDS = ("title", "description", "content", "tags", "combo_type")


def undo_prompt(db: DbSession, project_id: UUID, before: Fields, after: Fields, actor: Actor) -> str:
    project = projects.get_project(db, project_id, lock=True)
    _must_be({"prompt_text": project.prompt_text}, after)
    projects.edit(db, project_id, actor=actor, prompt_text=before["prompt_text"], tag="project:undo_edit")
    return "The prompt is again what it was."


def undo_room(db: DbSession, room_id: UUID, before: Fields, after: Fields, actor: Actor) -> str:
    room = rooms.lock_room(db, room_id, actor=actor)
    state = {name: getattr(room.state, name, None) for name in ("current_prompt_text", "selected_combo_type")}
    _must_be({"name": room.name, **state}, after)
    rooms.edit(db, room_id, before, actor=actor, tag="room:undo_edit")
    return "The room is again what it was."


def undo_template(db: DbSession, template_id: UUID, before: Fields, after: Fields, actor: Actor) -> str:
    template = db.get(PromptTemplate, template_id, with_for_update=True, populate_existing=True)
    if template is None:
        raise NotFoundError("There is no such template.")
    current = {name: getattr(template, name) for name in TEMPLATE_FIELDS}
    _must_be(current, after)
    templates.edit(db, template_id, current | dict(before), actor=actor, tag="template:undo_edit")
    return "The template is again what it was."


def undo_saved_view(db: DbSession, view_id: UUID, before: Fields, after: Fields, actor: Actor) -> str:
    view = saved_views.get_view(db, view_id, actor=actor)
    _must_be({name: getattr(view, name) for name in after}, after)
    saved_views.edit(db, view_id, **before, actor=actor, tag="saved_view:undo_edit")
    return "The saved view is again what it was."


def undo_saved_view_delete(db: DbSession, view_id: UUID, before: Fields, after: Fields, actor: Actor) -> str:
    saved_views.restore(db, view_id, before, actor=actor)
    return "The saved view is back."


def _must_be(current: Fields, after: Fields) -> None:
    if any(current.get(name) != value for name, value in after.items()):
        raise ConflictError("This was edited again since, so nothing was undone.")
