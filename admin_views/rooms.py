"""Rooms: a list that operators edit, together with what each room shows now."""

from collections.abc import Mapping
from typing import Any

from flask_admin.helpers import get_form_data
from markupsafe import Markup
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from admin_views.form_converter import choices_of
from admin_views.formatters import record_link, shortened
from admin_views.forms import RecordForm, tidy
from admin_views.model_view import ConsoleModelView
from models import ComboType
from services import rooms, text
from services.bulk import acts
from services.database import DbSession
from services.permissions import Actor, Permission


def _project(view: Any, context: Any, room: Any, name: str) -> Markup:
    return record_link("projects", room.project_id, shortened(str(room.project)))


def _room(view: Any, context: Any, room: Any, name: str) -> Markup:
    return record_link("rooms", room.id, shortened(str(room.name)))


def _participants(view: Any, context: Any, room: Any, name: str) -> str:
    return ", ".join(str(participant.user) for participant in room.participants) or "–"


class RoomForm(RecordForm):
    name = StringField(validators=[InputRequired(), Length(max=text.SHORT)])
    current_prompt_text = TextAreaField(
        "Prompt", validators=[Length(max=text.LONG)], filters=[tidy], render_kw={"rows": 10}
    )
    selected_combo_type = SelectField(
        "Combo", choices=choices_of(ComboType, blank="None"), coerce=lambda value: value or None
    )


class RoomView(ConsoleModelView):
    """Rooms: made by the wizard's own program; their name and what they show can be put right here."""

    live_kind = "room"
    edit_permission = Permission.EDIT_ROOM
    delete_permission = Permission.DELETE_ROOM
    bulk_acts = {"delete": acts.DELETE_ROOM}
    form = RoomForm
    column_list = ("name", "project", "state.selected_combo_type", "participants", "created_at")
    column_details_list = (
        "id",
        "name",
        "project",
        "state.selected_combo_type",
        "state.current_prompt_text",
        "participants",
        "state.updated_at",
        "created_at",
    )
    column_export_list = (
        "id",
        "name",
        "project_id",
        "project.title",
        "state.selected_combo_type",
        "state.current_prompt_text",
        "state.updated_at",
        "created_at",
    )
    column_load = ("participants.user",)
    column_searchable_list = ("name", "project.title", "state.current_prompt_text")
    column_filters = ("name", "state.selected_combo_type", "project.title", "project_id", "created_at", "id")
    column_sortable_list = ("name", ("project", "project.title"), "created_at")
    column_default_sort = ("created_at", True)
    column_labels = {
        "project.title": "Project",
        "project_id": "Project’s id",
        "state.selected_combo_type": "Combo",
        "state.current_prompt_text": "Prompt",
        "state.updated_at": "Changed",
        "created_at": "Created",
        "id": "Id",
    }
    column_formatters = {"name": _room, "project": _project, "participants": _participants}

    def edit_form(self, obj: Any = None) -> RoomForm:
        shown = {name: getattr(obj.state, name, None) for name in ("current_prompt_text", "selected_combo_type")}
        return RoomForm(get_form_data(), obj, **shown)

    def update_record(self, db: DbSession, record: Any, fields: Mapping[str, Any], *, actor: Actor) -> Any:
        return rooms.edit(db, record.id, fields, actor=actor)
