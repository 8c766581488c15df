"""Prompt templates: a list that admins edit."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from admin_views.form_converter import choices_of
from admin_views.forms import RecordForm, tidy
from admin_views.model_view import ConsoleModelView
from models import TemplateCombo
from services import templates, text
from services.bulk import acts
from services.database import DbSession
from services.permissions import Actor, Permission


class TagsField(StringField):
    """A list of texts, parted by commas."""

    def _value(self) -> str:
        return ", ".join(self.data or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = list(dict.fromkeys(tag.strip() for tag in valuelist[0].split(",") if tag.strip()))


class TemplateForm(RecordForm):
    title = StringField(validators=[InputRequired(), Length(max=text.SHORT)])
    description = TextAreaField(filters=[tidy])
    content = TextAreaField(
        validators=[InputRequired(), Length(max=text.LONG)],
        filters=[tidy],
        description="{purpose} and {audience} stand for what the person answers in the wizard.",
        render_kw={"rows": 12},
    )
    tags = TagsField(description="Parted by commas; the wizard recommends templates by them.")
    combo_type = SelectField("Combo", choices=choices_of(TemplateCombo), default=TemplateCombo.ALL.value)


class TemplateView(ConsoleModelView):
    """Templates: read by all but members, edited by admins."""

    permission = Permission.SEE_TEMPLATES
    create_permission = edit_permission = delete_permission = Permission.EDIT_TEMPLATE
    bulk_acts = {"delete": acts.DELETE_TEMPLATE}
    form = TemplateForm
    column_list = ("title", "description", "combo_type", "tags", "created_at")
    column_details_list = ("id", "title", "description", "content", "combo_type", "tags", "created_at")
    column_unindexed = ("title", "description", "content")
    column_searchable_list = ("title", "description", "content")
    column_filters = ("combo_type", "tags", "title", "content", "created_at", "id")
    column_sortable_list = ("title", "combo_type", "created_at")
    column_default_sort = ("created_at", True)
    column_labels = {"combo_type": "Combo", "created_at": "Created", "id": "Id"}

    def create_record(self, db: DbSession, new_id: UUID, fields: Mapping[str, Any], *, actor: Actor) -> Any:
        return templates.create(db, fields, actor=actor, template_id=new_id)

    def update_record(self, db: DbSession, record: Any, fields: Mapping[str, Any], *, actor: Actor) -> Any:
        return templates.edit(db, record.id, fields, actor=actor)
