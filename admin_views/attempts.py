"""Attempts as a list: every POST to a deploy hook and what it answered."""

from typing import Any

from markupsafe import Markup

from admin_views.chips import outcome_chip
from admin_views.formatters import attempt_link, failure_link, record_link, shortened
from admin_views.model_view import ConsoleModelView
from people.accounts import current_actor
from services.labels import label
from services.permissions import Permission, can


def _deploy(view: Any, context: Any, attempt: Any, name: str) -> Markup:
    return record_link("deploys", attempt.deploy_id, attempt.deploy)


def _session(view: Any, context: Any, attempt: Any, name: str) -> Markup:
    return record_link("sessions", attempt.deploy.session_id, shortened(str(attempt.deploy.session)))


def _number(view: Any, context: Any, attempt: Any, name: str) -> Markup:
    return attempt_link(attempt.id, attempt.attempt_number)


def _outcome(view: Any, context: Any, attempt: Any, name: str) -> Markup:
    if attempt.ok is None:
        return outcome_chip(None, "Under way")
    return outcome_chip(attempt.ok, attempt.status_code or label(attempt.error_kind or "no answer"))


def failure_group(view: Any, context: Any, record: Any, name: str) -> Markup | str | None:
    """The fingerprint of a deploy or attempt, which leads to its group those who may see that."""
    fingerprint: str | None = record.fingerprint
    return failure_link(fingerprint) if fingerprint and can(current_actor(), Permission.SEE_FAILURES) else fingerprint


class AttemptView(ConsoleModelView):
    """Attempts: history, which nobody changes."""

    live_kind = "attempt"
    record_page = "attempts"
    column_list = (
        "started_at",
        "deploy.session",
        "deploy",
        "attempt_number",
        "ok",
        "duration_ms",
        "fingerprint",
        "response_excerpt",
    )
    column_export_list = (
        "id",
        "deploy_id",
        "deploy.session_id",
        "deploy.hook_masked",
        "attempt_number",
        "started_at",
        "duration_ms",
        "ok",
        "status_code",
        "error_kind",
        "error_message",
        "retry_after_s",
        "fingerprint",
        "response_excerpt",
    )
    column_searchable_list = ("error_message", "response_excerpt", "fingerprint", "deploy.session.purpose")
    column_search_whole = ("fingerprint",)
    column_filters = (
        "ok",
        "status_code",
        "error_kind",
        "started_at",
        "duration_ms",
        "attempt_number",
        "fingerprint",
        "response_excerpt",
        "deploy_id",
        "id",
    )
    column_sortable_list = ("started_at", "ok")
    column_unindexed = ("ok", "error_message", "response_excerpt")
    """Outcomes have partial indexes, one each; texts have none, which each delivery would pay for."""
    column_default_sort = ("started_at", True)
    column_labels = {
        "started_at": "Started",
        "deploy.session": "Session",
        "deploy.session.purpose": "Session",
        "deploy.session_id": "Session’s id",
        "deploy.hook_masked": "Hook URL",
        "deploy_id": "Deploy’s id",
        "attempt_number": "Attempt",
        "ok": "Outcome",
        "duration_ms": "Duration (ms)",
        "retry_after_s": "Retry-After (s)",
        "status_code": "Code",
        "error_kind": "Error",
        "response_excerpt": "Answer",
        "fingerprint": "Failure group",
        "id": "Id",
    }
    column_formatters = {
        "attempt_number": _number,
        "deploy": _deploy,
        "deploy.session": _session,
        "ok": _outcome,
        "fingerprint": failure_group,
    }
