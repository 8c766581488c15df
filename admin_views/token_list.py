"""All people's API tokens: a list for admins, who may end any."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask_admin.actions import action

from admin_views.model_view import ConsoleModelView
from admin_views.row_actions import PostRowAction
from services import api_tokens
from services.permissions import Permission


def _is_live(view: Any, token: Any) -> bool:
    return bool(token.is_live(datetime.now(UTC)))


class TokenView(ConsoleModelView):
    """API tokens of everybody: who has which, how far it reaches and when it was used last."""

    permission = Permission.MANAGE_TOKENS
    column_list = ("name", "user.email", "scope", "last_used_at", "last_used_from", "expires_at", "revoked_at")
    column_details_list = (
        "id",
        "name",
        "user.email",
        "scope",
        "last_four",
        "created_at",
        "expires_at",
        "last_used_at",
        "last_used_from",
        "revoked_at",
        "revoked_by",
    )
    column_filters = ("scope", "expires_at", "last_used_at", "revoked_at", "created_at", "user_id", "id")
    column_sortable_list = ("created_at", "last_used_at", "expires_at")
    column_unindexed = ("last_used_at", "expires_at")
    column_default_sort = ("created_at", True)
    column_labels = {
        "user.email": "Person",
        "last_used_at": "Last used",
        "last_used_from": "From",
        "last_four": "Ends with",
        "expires_at": "Expires",
        "revoked_at": "Revoked",
        "created_at": "Made",
        "user_id": "Person’s id",
        "id": "Id",
    }
    action_permissions = {"revoke": Permission.MANAGE_TOKENS}
    column_extra_row_actions = [PostRowAction("revoke", "Revoke", "ban", works_on=_is_live)]

    @action("revoke", "Revoke", "Revoke the selected tokens? Whoever uses them is refused at once.")
    def action_revoke(self, ids: Sequence[str]) -> None:
        self.act_on(ids, api_tokens.revoke, done="revoked")
