"""What each route of the application names: the permissions that open it, or why it is open to all."""

from collections.abc import Iterator
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from admin_views.access import PermittedView
from admin_views.model_view import ConsoleModelView
from services.permissions import READING, Permission
from tests.access.cells import SAFE

FILES = "a file of the application, the same for all"
PROOF = "asks for the proof of who it is that comes in or confirms it: a password, a passkey, a code or a link's secret"
OPEN = {
    "static": FILES,
    "console.static": FILES,
    "security.static": FILES,
    "home": "leads on to the console, which asks",
    "security.login": PROOF,
    "security.verify": PROOF,
    "security.logout": "ends one's own sign-in",
    "password_resets.index": PROOF,
    "password_resets.ask": PROOF,
    "password_resets.form": PROOF,
    "password_resets.reset": PROOF,
    "first_admin.form": PROOF,
    "first_admin.create": PROOF,
    "sign_in_steps.ask_for_sign_in": PROOF,
    "sign_in_steps.sign_in_by_passkey": PROOF,
    "sign_in_steps.second_step_page": PROOF,
    "sign_in_steps.take_second_step": PROOF,
    "sign_in_steps.ask_for_second_step": PROOF,
    "sign_in_steps.take_second_step_by_passkey": PROOF,
    "sign_in_steps.ask_to_confirm": PROOF,
    "sign_in_steps.confirm_by_passkey": PROOF,
    "sign_in_steps.confirm_by_second_step": PROOF,
    "sign_in_steps.take_second_step_again": PROOF,
    "provider.sign_in": PROOF,
    "provider.back": PROOF,
    "provider.confirm": PROOF,
    "api.alive": "whether the process lives, and nothing else",
    "api.ready": "whether the database answers, and nothing else",
}
"""By endpoint: all that asks for no permission, and why it need not."""
WRITES = {
    "create_view": "create_permission",
    "edit_view": "edit_permission",
    "ajax_update": "edit_permission",
    "revert_view": "edit_permission",
    "delete_view": "delete_permission",
}
"""The methods of lists that change records, and which of the list's permissions they ask for."""


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Each method of each rule."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def unnamed(app: Flask) -> list[str]:
    """The routes that say nothing of who may use them."""
    return [
        f"{method} {rule}"
        for rule, method in routes(app)
        if rule.endpoint not in OPEN and named(app.view_functions[rule.endpoint], method) is None
    ]


def unnamed_actions(app: Flask) -> list[str]:
    """The acts on lists' rows that say nothing of who may do them."""
    [admin] = app.extensions["admin"]
    lists = [view for view in admin._views if isinstance(view, ConsoleModelView)]
    return [f"{view.endpoint}: {name}" for view in lists for name in sorted(_acts(view) - set(view.action_permissions))]


def _acts(view: ConsoleModelView) -> set[str]:
    """All but to delete, for which lists have a permission of its own."""
    return set(view._actions_data) - {"delete"}


def named(view: Any, method: str) -> frozenset[Permission] | None:
    """The permissions of which a view asks for one; none where it is closed to everybody, None where it says nothing.

    A view that changes something names more than a permission to read, or says that sight is enough.
    """
    owner, own = getattr(view, "__self__", None), getattr(view, "permissions", None)
    if own:
        return frozenset(own)
    if not isinstance(owner, PermittedView) or not isinstance(getattr(owner, "permission", None), Permission):
        return None
    if isinstance(owner, ConsoleModelView) and (view.__name__ in WRITES or view.__name__ == "action_view"):
        return _of_list(owner, view.__name__)
    reads = owner.permission in READING
    return frozenset([owner.permission]) if method in SAFE or not reads or hasattr(view, "needs_sight") else None


def _of_list(owner: ConsoleModelView, name: str) -> frozenset[Permission]:
    if name == "action_view":
        return frozenset(filter(None, [*owner.action_permissions.values(), owner.delete_permission]))
    return frozenset(filter(None, [getattr(owner, WRITES[name])]))
