"""Access to the views: closed until signed in, and 403, never a silent redirect, where a role does not permit."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from people import refused
from people.accounts import current_actor
from services.permissions import Permission, can, require

Method = TypeVar("Method", bound=Callable[..., Any])


def needs(*permissions: Permission) -> Callable[[Method], Method]:
    """Have a method of a view, under `@expose`, open to those who hold one of these, as well as the view's own."""

    def name(method: Method) -> Method:
        method.permissions = frozenset(permissions)  # type: ignore[attr-defined]
        return method

    return name


def needs_sight(method: Method) -> Method:
    """Say of a method that changes something that the view's own permission is enough for it.

    It changes what is the person's alone, such as the columns of a list, or its service asks about each record.
    """
    method.needs_sight = True  # type: ignore[attr-defined]
    return method


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
        if current_user.is_authenticated:
            refused.note(self.permission)
        return abort(403 if current_user.is_authenticated else 401)

    def _handle_view(self, name: str, **kwargs: Any) -> ResponseReturnValue | None:
        """What stands in the way of one method of the view.

        Raises:
            ForbiddenError: the person may see the view, but not do this.
        """
        refusal: ResponseReturnValue | None = super()._handle_view(name, **kwargs)  # type: ignore[misc]
        if refusal is None:
            _require_one(getattr(getattr(self, name), "permissions", ()))
        return refusal

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call the view once: Flask-Admin would call it again after any TypeError, and so hide it."""
        return fn(self, *args, **kwargs)


def _require_one(permissions: Any) -> None:
    actor = current_actor()
    if permissions and not any(can(actor, permission) for permission in permissions):
        require(actor, min(permissions))
