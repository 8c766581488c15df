"""Acts that ask first, for those whose browser runs no script: a page between the button and the act.

The page's markup says `?ask=1` where an act should be asked about; with scripts, static/js/confirm.js asks in a dialog
and leaves that out. A POST without it is carried out at once, so that nothing changes for programs.
"""

from typing import Any

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue
from flask_admin.babel import gettext
from flask_admin.helpers import get_redirect_target

from admin_views.trash import preview_of
from services.trash import Preview


def init_app(app: Flask) -> None:
    app.before_request(_ask)


def _ask() -> ResponseReturnValue | None:
    if request.method != "POST" or "ask" not in request.args:
        return None
    view = _view()
    question = _question(view) if view is not None and view.is_accessible() else None
    if question is None:
        return None
    return view.render(
        "admin/model/ask.html",
        question=question,
        label=_label(view),
        count=len(request.form.getlist("rowid")),
        preview=_preview(view),
        fields=list(request.form.items(multi=True)),
        action=request.path,
        return_url=get_redirect_target() or view.get_url(".index_view"),
    )


def _view() -> Any:
    """The Flask-Admin view that the request is for; None where it is for another page."""
    views = (view for admin in current_app.extensions.get("admin", ()) for view in admin._views)
    return next((view for view in views if view.blueprint and view.blueprint.name == request.blueprint), None)


def _question(view: Any) -> str | None:
    """What to ask; None where there is nothing to, or the act is refused anyway."""
    endpoint = (request.endpoint or "").rpartition(".")[2]
    if endpoint == "delete_view" and getattr(view, "can_delete", False):
        return gettext("Are you sure you want to delete this record?")
    name = request.form.get("action", "")
    if endpoint != "action_view" or name not in view._actions_data or not view.is_action_allowed(name):
        return None
    question = view._actions_data[name][2]
    if request.form.get("all_matching"):
        return None  # its preview asks
    return str(question) if question and request.form.getlist("rowid") else None


def _preview(view: Any) -> Preview | None:
    """What deleting the one record would take along; None where the question is about something else.

    Raises:
        NotFoundError: there is no such record in the person's scope.
        InvalidInputError: the id is none.
    """
    encoded = request.form.get("id", "")
    return preview_of(view, encoded) if (request.endpoint or "").endswith(".delete_view") else None


def _label(view: Any) -> str:
    """What the button of the act says."""
    name = request.form.get("action", "")
    return str(view._actions_data[name][1]) if name in view._actions_data else gettext("Delete")
