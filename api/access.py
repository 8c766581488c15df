"""Who may call an operation: signed in by cookie or token, protected from forgery, and permitted."""

from flask import abort, redirect, request, url_for
from werkzeug.exceptions import Unauthorized

from api.challenges import Challenge
from extensions import csrf
from people import api_tokens
from people.accounts import current_actor, has_bearer
from services.permissions import Actor, Permission, require, scope_for


def permitted_actor(permission: Permission, *, page: bool = False) -> Actor:
    """Who is asking, if they may.

    Args:
        page: whether a person reads the answer, who is then sent to sign in rather than told to.

    Raises:
        Unauthorized: nobody is signed in, or the token is bad, has expired or was revoked.
        CSRFError: a cookie alone would let other sites act in the person's name.
        MissingScopeError: the role grants it, but not the token's scope.
        ForbiddenError: the role doesn't grant it.
    """
    actor = current_actor()
    if actor.id is None:
        if page and not has_bearer():
            abort(redirect(url_for("security.login", next=request.full_path.rstrip("?"))))
        raise _unauthorized(permission)
    if not has_bearer():
        request.get_data()  # kept for the operation, before the check looks for a form
        csrf.protect()
    require(actor, permission)
    return actor


def _unauthorized(permission: Permission) -> Unauthorized:
    scope = scope_for(permission)
    if has_bearer():
        detail = api_tokens.why_refused()
        return Unauthorized(detail, www_authenticate=Challenge(scope=scope, error="invalid_token"))
    detail = "Sign in, or send a token as “Authorization: Bearer …”."
    return Unauthorized(detail, www_authenticate=Challenge(scope=scope))
