"""Projects as a list."""

from collections.abc import Sequence
from typing import Any

from flask_admin.actions import action
from markupsafe import Markup

from admin_views.formatters import record_link, shortened
from admin_views.model_view import ConsoleModelView
from admin_views.row_actions import PostRowAction
from people.accounts import current_actor
from services import offers, projects
from services.bulk import acts
from services.permissions import Permission, can


def _can_be_configured(view: Any, project: Any) -> bool:
    return offers.mark_configured(current_actor(), project).why_not is None


def _title(view: Any, context: Any, project: Any, name: str) -> Markup:
    return record_link("projects", project.id, shortened(project.title))


class ProjectView(ConsoleModelView):
    """Projects: read-only here; a project's own page edits its prompt and takes its steps."""

    record_page = "projects"
    delete_permission = Permission.DELETE_PROJECT
    live_kind = "project"
    column_list = ("title", "owner", "combo_type", "stack", "status", "updated_at")
    column_export_list = (
        "id",
        "title",
        "description",
        "owner.email",
        "combo_type",
        "stack",
        "status",
        "prompt_text",
        "config.repo_url",
        "config.deployment_target",
        "onboarding_session_id",
        "created_at",
        "updated_at",
    )
    column_searchable_list = ("title", "description", "stack", "owner.email", "owner.name")
    column_filters = (
        "status",
        "combo_type",
        "updated_at",
        "created_at",
        "title",
        "stack",
        "owner.email",
        "owner_id",
        "onboarding_session_id",
        "id",
    )
    column_sortable_list = (
        "title",
        ("owner", ("owner.name", "owner.email")),
        "combo_type",
        "status",
        "updated_at",
    )
    column_default_sort = ("updated_at", True)
    column_labels = {
        "owner.email": "Owner’s e-mail",
        "owner.name": "Owner’s name",
        "owner_id": "Owner’s id",
        "combo_type": "Combo",
        "config.repo_url": "Repository",
        "config.deployment_target": "Deployment target",
        "onboarding_session_id": "Session’s id",
        "updated_at": "Updated",
        "created_at": "Created",
        "id": "Id",
    }
    column_formatters = {"title": _title}
    column_extra_row_actions = [PostRowAction("mark_configured", "Mark as configured", "settings", _can_be_configured)]
    action_permissions = {"mark_configured": Permission.ADVANCE_PROJECT}
    bulk_acts = {"mark_configured": acts.MARK_CONFIGURED, "delete": acts.DELETE_PROJECT}

    @property
    def can_revert_without_form(self) -> bool:
        """Prompts are edited in the Studio."""
        return can(current_actor(), Permission.EDIT_PROJECT)

    @action("mark_configured", "Mark as configured")
    def action_mark_configured(self, ids: Sequence[str]) -> None:
        self.act_on(ids, projects.mark_configured, done="marked as configured")
