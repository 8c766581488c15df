"""Project configurations: a list that operators edit."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from wtforms import SelectField, StringField
from wtforms.validators import Length

from admin_views.environments import EnvironmentField
from admin_views.form_converter import choices_of
from admin_views.formatters import record_link, shortened
from admin_views.forms import RecordForm, tidy
from admin_views.model_view import ConsoleModelView
from admin_views.writes import differing
from models import DeploymentTarget
from services import projects
from services.database import DbSession
from services.permissions import Actor, Permission
from services.secrets import without_credentials


def _project(view: Any, context: Any, config: Any, name: str) -> Markup:
    return record_link("projects", config.project_id, shortened(str(config.project)))


def _optional(label: str | None = None, **options: Any) -> Any:
    return StringField(label, validators=[Length(max=2_000)], filters=[tidy], **options)


class RepositoryField(StringField):
    """An address without the credentials that another program may have stored with it; sent so, it is kept."""

    def _value(self) -> str:
        return without_credentials(super()._value())


class ConfigForm(RecordForm):
    repo_url = RepositoryField("Repository", validators=[Length(max=2_000)], filters=[tidy])
    build_command = _optional("Build command")
    output_dir = _optional("Output directory")
    deployment_target = SelectField("Deployment target", choices=choices_of(DeploymentTarget))
    env_config = EnvironmentField()


class ConfigView(ConsoleModelView):
    """Configurations: one a project; made on the project's own page, edited here and there."""

    edit_permission = Permission.EDIT_CONFIG
    form = ConfigForm
    column_list = ("project", "deployment_target", "repo_url", "build_command", "output_dir", "created_at")
    column_details_list = (
        "id",
        "project",
        "deployment_target",
        "repo_url",
        "build_command",
        "output_dir",
        "env_config",
        "created_at",
    )
    column_export_list = (
        "id",
        "project_id",
        "project.title",
        "deployment_target",
        "repo_url",
        "build_command",
        "output_dir",
        "env_config",
        "created_at",
    )
    column_searchable_list = ("project.title", "build_command", "output_dir")
    column_filters = (
        "deployment_target",
        "build_command",
        "project.title",
        "project_id",
        "created_at",
        "id",
    )
    column_sortable_list = (("project", "project.title"), "deployment_target", "created_at")
    column_default_sort = ("created_at", True)
    column_labels = {
        "project.title": "Project",
        "project_id": "Project’s id",
        "repo_url": "Repository",
        "output_dir": "Output directory",
        "env_config": "Environment",
        "created_at": "Created",
        "id": "Id",
    }
    column_formatters = {"project": _project}

    def history_subject(self, record: Any) -> Any:
        """A configuration is part of its project, in the trail too."""
        return record.project_id

    def heading_of(self, record: Any) -> tuple[str, str]:
        return f"Configuration of {record.project}", "Where its code is, how it is built, and where it goes."

    def update_record(self, db: DbSession, record: Any, fields: Mapping[str, Any], *, actor: Actor) -> Any:
        return projects.configure(db, record.project_id, differing(record, fields), actor=actor)
