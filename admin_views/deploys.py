"""Deploys as a list."""

import re
from collections.abc import Sequence
from typing import Any

from flask import g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.actions import action
from markupsafe import Markup

from admin_views.formatters import record_link, shortened
from admin_views.list_filters import Pairs
from admin_views.model_view import ConsoleModelView
from admin_views.row_actions import PostRowAction
from extensions import db_session
from models import DeployStatus
from people.accounts import current_actor
from services import deploys
from services.bulk import acts
from services.deploys import gone
from services.labels import label
from services.permissions import Permission, can

_CRITERIA = {
    "host_equals": "host",
    "failure_group_equals": "group",
    "updated_greater_than": "failed_since",
    "updated_smaller_than": "failed_until",
}
"""The list's filters that a recovery's selection has too, and what they are called there."""
_GAVE_UP = {
    ("status_equals", DeployStatus.DEAD_LETTERED.value),
    ("status_in_list", DeployStatus.DEAD_LETTERED.value),
}
"""Filters that a recovery's selection has in any case."""
_EITHER = re.compile("flt[0-9]*[a-z]")
"""Filters of which one must hold, which no selection of a recovery can say."""


def _gave_up(view: Any, deploy: Any) -> bool:
    return deploy.status is DeployStatus.DEAD_LETTERED and deploy.hook_digest not in g.gone_hooks


def _waits(view: Any, deploy: Any) -> bool:
    return deploy.status in (DeployStatus.QUEUED, DeployStatus.RETRY_SCHEDULED)


def _session(view: Any, context: Any, deploy: Any, name: str) -> Markup:
    return record_link("sessions", deploy.session_id, shortened(str(deploy.session)))


def _trigger(view: Any, context: Any, deploy: Any, name: str) -> str:
    return label(deploy.trigger)


def _selection(arguments: Pairs) -> dict[str, Any]:
    """The criteria that choose what a list's filters leave of the dead-lettered deploys; empty where none do."""
    if any(_EITHER.match(name) for name, _ in arguments):
        return {}
    asked = [(name.partition("_")[2], value) for name, value in arguments if name.startswith("flt")]
    others = [(name, value) for name, value in asked if (name, value) not in _GAVE_UP]
    names = [name for name, _ in others]
    if len(set(names)) < len(names) or not set(names) <= set(_CRITERIA):
        return {}
    if asked and not others:
        return {"all": 1}
    return {_CRITERIA[name]: value for name, value in others}


class DeployView(ConsoleModelView):
    """Deploys: history, which nobody edits; those that gave up can be retried, those that wait cancelled."""

    record_page = "deploys"
    live_kind = "deploy"
    column_list = ("created_at", "session", "trigger", "status", "host", "hook_masked", "next_attempt_at", "actor")
    column_export_list = (
        "id",
        "session_id",
        "session.purpose",
        "session.user.email",
        "trigger",
        "status",
        "host",
        "hook_masked",
        "idempotency_key",
        "next_attempt_at",
        "first_attempt_number",
        "fingerprint",
        "actor",
        "created_at",
        "updated_at",
    )
    column_searchable_list = ("session.purpose", "session.user.email", "host", "actor", "idempotency_key")
    column_search_whole = ("idempotency_key",)
    column_filters = (
        "status",
        "trigger",
        "host",
        "created_at",
        "next_attempt_at",
        "updated_at",
        "actor",
        "session.purpose",
        "session_id",
        "fingerprint",
        "idempotency_key",
        "id",
    )
    column_sortable_list = ("created_at", "status", "host", "next_attempt_at")
    column_default_sort = ("created_at", True)
    column_labels = {
        "created_at": "Requested",
        "session.purpose": "Session",
        "session.user.email": "Person’s e-mail",
        "session_id": "Session’s id",
        "hook_masked": "Hook URL",
        "next_attempt_at": "Next attempt",
        "actor": "Requested by",
        "updated_at": "Updated",
        "idempotency_key": "Idempotency key",
        "fingerprint": "Failure group",
        "id": "Id",
    }
    column_formatters = {"session": _session, "trigger": _trigger}
    column_extra_row_actions = [
        PostRowAction("retry", "Retry deploy", "refresh", _gave_up),
        PostRowAction("cancel", "Cancel deploy", "ban", _waits),
    ]
    bulk_acts = {"retry": acts.RETRY_DEPLOY, "cancel": acts.CANCEL_DEPLOY}
    action_permissions = {
        "retry": Permission.RETRY_DEPLOY,
        "cancel": Permission.CANCEL_DEPLOY,
        "recover": Permission.RECOVER_DEPLOYS,
    }

    def get_list(self, *arguments: Any, **options: Any) -> tuple[int | None, Any]:
        count, listed = super().get_list(*arguments, **options)
        g.gone_hooks = gone.which_are_gone(db_session(), {deploy.hook_digest for deploy in listed})
        return count, listed

    @action("retry", "Retry deploy", "Queue the selected deploys again?")
    def action_retry(self, ids: Sequence[str]) -> None:
        self.act_on(ids, deploys.retry, done="queued again")

    @action("recover", "Recover…")
    def action_recover(self, ids: Sequence[str]) -> ResponseReturnValue:
        """Lead on to the preview, with the deploys that were chosen: the browser POSTs the same form there."""
        return redirect(url_for("recoveries.new"), 307)

    def list_links(self) -> list[tuple[str, str]]:
        url = self.recover_url(list(request.args.items(multi=True)))
        return [("Recover all that match…" if "?" in url else "Recover…", url)] if url else []

    def all_matching_url(self, name: str, asked: Pairs) -> str | None:
        return self.recover_url(asked) if name == "recover" else super().all_matching_url(name, asked)

    def recover_url(self, asked: Pairs) -> str | None:
        """Where all that a list's arguments select can be recovered; null where the role does not permit it.

        What a selection can't express is left to the person: the link leads to the empty form then.
        """
        if not can(current_actor(), Permission.RECOVER_DEPLOYS):
            return None
        if dict(asked).get("search"):
            return url_for("recoveries.new")
        return url_for("recoveries.new", **_selection(asked))

    @action("cancel", "Cancel deploy")
    def action_cancel(self, ids: Sequence[str]) -> None:
        self.act_on(ids, deploys.cancel, done="cancelled")
