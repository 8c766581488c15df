"""Access to the views: closed until signed in, and 403, never a silent redirect, where a role does not permit."""

from collections.abc import Callable
from typing import Any, ClassVar

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from accounts import current_actor
from services.permissions import Permission, can


class PermittedView:
    """Mixed into each Flask-Admin view: it opens to those who hold `permission`."""

    permission: ClassVar[Permission]

    def is_accessible(self) -> bool:
        return can(current_actor(), self.permission)

    def is_visible(self) -> bool:
        """A view that would refuse the person is not in the navigation either."""
        return self.is_accessible()

    def inaccessible_callback(self, name: str, **kwargs: Any) -> ResponseReturnValue:
        """Those who have not signed in are sent to sign in; all others are refused."""
        if not current_user.is_authenticated and request.method == "GET":
            return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
        return abort(403 if current_user.is_authenticated else 401)

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call the view once: Flask-Admin would call it again after any TypeError, and so hide it."""
        return fn(self, *args, **kwargs)
