"""People: a list that admins edit."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import Length

from admin_views.form_converter import choices_of
from admin_views.forms import RecordForm, tidy
from admin_views.model_view import ConsoleModelView
from admin_views.writes import differing
from extensions import db_session
from models import ApiToken, Role, SignIn
from people.accounts import current_actor
from services import acting, api_tokens, devices, sign_ins, text, users
from services.database import DbSession
from services.permissions import Actor, Permission


class UserForm(RecordForm):
    name = StringField(validators=[Length(max=text.SHORT)], filters=[tidy])
    role = SelectField(choices=choices_of(Role, blank="No access"), coerce=lambda value: value or None)
    active = BooleanField("May sign in")


class UserView(ConsoleModelView):
    """People: those who fill in the wizard and those who sign in; accounts are made by `flask console`."""

    permission = Permission.SEE_USERS
    edit_permission = Permission.EDIT_USER
    form = UserForm
    column_list = ("email", "name", "role", "active", "created_at")
    column_details_list = ("id", "email", "name", "role", "active", "created_at")
    column_searchable_list = ("email", "name")
    column_filters = ("role", "active", "email", "name", "created_at", "id")
    column_sortable_list = ("email", "name", "role", "created_at")
    column_default_sort = ("created_at", True)
    column_labels = {"email": "E-mail", "active": "May sign in", "created_at": "Created", "id": "Id"}

    details_template = "console/people/details.html"

    device_of = staticmethod(devices.name_of)

    def sign_ins_of(self, record: Any) -> Sequence[SignIn]:
        """Where the person is signed in, for the person's page."""
        return sign_ins.live_of(db_session(), record.id, actor=current_actor(), now=datetime.now(UTC))

    def tokens_of(self, record: Any) -> Sequence[ApiToken]:
        """The person's API tokens, for the person's page."""
        return api_tokens.of_person(db_session(), record.id, actor=current_actor())

    def why_not_act_as(self, record: Any) -> str | None:
        """Why nobody acts as this person; None where an admin may."""
        return acting.why_not(record, current_actor())

    def now(self) -> datetime:
        """When the page is looked at."""
        return datetime.now(UTC)

    def heading_of(self, record: Any) -> tuple[str, str]:
        return str(record), record.email

    def update_record(self, db: DbSession, record: Any, fields: Mapping[str, Any], *, actor: Actor) -> Any:
        return users.edit(db, record.id, differing(record, fields), actor=actor)
