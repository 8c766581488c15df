"""Onboarding sessions as a list."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import current_app, g
from flask_admin.actions import action
from markupsafe import Markup

from admin_views.chips import response_chip
from admin_views.formatters import record_link, shortened
from admin_views.model_view import ConsoleModelView
from admin_views.row_actions import PostRowAction
from config import Settings
from extensions import db_session
from models import DeployStatus, DeployTrigger, OnboardingSession
from people.accounts import current_actor
from services import deploys, offers
from services.bulk import acts
from services.deploys import gone
from services.deploys.telling import telling_statuses
from services.permissions import Permission


def _can_deploy_again(view: Any, session: Any) -> bool:
    return session.id in g.deployable_again


def _deployable_again(sessions: Sequence[OnboardingSession]) -> set[UUID]:
    """Those whose newest deploy did not go well, and which can be deployed, by the same rules as everywhere else."""
    db, actor, default = db_session(), current_actor(), _default_hook_url()
    telling = telling_statuses(db, [session.id for session in sessions])
    unwell = [session for session in sessions if not _went_well(session, telling.get(session.id))]
    gone_hooks = gone.of_sessions(db, unwell, default_hook_url=default)
    return {
        session.id
        for session in unwell
        if offers.retry_deploy(
            actor, session, telling.get(session.id), default_hook_url=default, gone_hooks=gone_hooks
        ).why_not
        is None
    }


def _went_well(session: Any, telling: DeployStatus | None) -> bool:
    response = session.deploy_response
    if telling is not None:
        return telling is DeployStatus.SUCCEEDED
    return isinstance(response, dict) and response.get("ok") is True


def _default_hook_url() -> str | None:
    settings: Settings = current_app.extensions["console_settings"]
    return settings.default_hook_url


def _response(view: Any, context: Any, session: Any, name: str) -> Markup | None:
    return None if session.deploy_response is None else response_chip(session.deploy_response)


def _purpose(view: Any, context: Any, session: Any, name: str) -> Markup:
    return record_link("sessions", session.id, shortened(str(session)))


class SessionView(ConsoleModelView):
    """Sessions: read-only, since only their person's wizard answers them; their deploys can be retried."""

    record_page = "sessions"
    delete_permission = Permission.DELETE_SESSION
    live_kind = "session"
    column_list = ("user", "purpose", "template", "status", "deploy_response", "deploy_triggered_at", "updated_at")
    column_export_list = (
        "id",
        "user.email",
        "purpose",
        "target_audience",
        "model_preference",
        "hosting_target",
        "api_provider",
        "api_key_last_four",
        "template.title",
        "status",
        "vercel_hook_url",
        "deploy_triggered_at",
        "deploy_response",
        "survey",
        "created_at",
        "updated_at",
    )
    column_searchable_list = ("purpose", "target_audience", "user.email", "user.name")
    column_filters = (
        "status",
        "updated_at",
        "created_at",
        "deploy_triggered_at",
        "purpose",
        "target_audience",
        "model_preference",
        "hosting_target",
        "api_provider",
        "user.email",
        "user_id",
        "recommend_template_id",
        "survey",
        "id",
    )
    column_sortable_list = (
        ("user", ("user.name", "user.email")),
        "status",
        "deploy_triggered_at",
        "updated_at",
    )
    column_default_sort = ("updated_at", True)
    column_labels = {
        "user": "Person",
        "user.email": "Person’s e-mail",
        "user.name": "Person’s name",
        "user_id": "Person’s id",
        "template.title": "Template",
        "recommend_template_id": "Template’s id",
        "deploy_response": "Deploy result",
        "deploy_triggered_at": "Deployed",
        "updated_at": "Updated",
        "created_at": "Created",
        "vercel_hook_url": "Hook URL",
        "id": "Id",
    }
    column_formatters = {"purpose": _purpose, "deploy_response": _response}
    column_extra_row_actions = [PostRowAction("retry", "Retry deploy", "refresh", _can_deploy_again)]
    action_permissions = {"retry": Permission.RETRY_DEPLOY}
    bulk_acts = {"retry": acts.REDEPLOY_SESSION, "delete": acts.DELETE_SESSION}

    def get_list(self, *arguments: Any, **options: Any) -> tuple[int | None, Any]:
        count, sessions = super().get_list(*arguments, **options)
        g.deployable_again = _deployable_again(sessions)
        return count, sessions

    @action("retry", "Retry deploy", "Deploy the selected sessions again?")
    def action_retry(self, ids: Sequence[str]) -> None:
        self.act_on(
            ids,
            deploys.redeploy,
            done="its deploy is queued",
            trigger=DeployTrigger.OPERATOR,
            default_hook_url=_default_hook_url(),
        )
