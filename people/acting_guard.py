"""What one may not do while acting as somebody else, asked before every request."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask, flash, request
from flask_login import user_logged_out

from extensions import transaction
from people import acting, made_for, refused
from people.accounts import current_actor, has_bearer
from services import acting as services_acting
from services.errors import ConflictError, ForbiddenError

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ALWAYS_OPEN = frozenset(
    {
        "static",
        "security.logout",
        "security.verify",
        "sign_in_steps.ask_to_confirm",
        "sign_in_steps.confirm_by_passkey",
        "sign_in_steps.confirm_by_second_step",
        "sign_in_steps.take_second_step_again",
        "provider.confirm",
        "acting.index",
        "acting.allow_changes",
        "acting.stop",
    }
)
"""What is the admin's own: to leave, to stop, and to say once more who they are before they change anything."""
PERSONAL = ("/console/account",)
"""Where pages begin that are nobody's but the person's: passwords, second factors, sign-ins, tokens."""


def init_app(app: Flask) -> None:
    app.before_request(_refuse)
    user_logged_out.connect(_stop, app)


def _refuse() -> None:
    """
    Raises:
        ForbiddenError: it is not done while acting as somebody, or not while only reading.
        ConflictError: the person believes that they act as somebody, which is over.
    """
    if not acting.is_meant() or has_bearer() or request.endpoint in ALWAYS_OPEN:
        return
    actor, now_acting = current_actor(), acting.current()
    if actor.id is None:
        acting.forget()
    elif now_acting is None:
        _wake_up()
    elif _is_personal():
        refused.note(refused.ACTING)
        raise ForbiddenError(f"This is {now_acting.person}’s alone, and closed to who acts as them. Stop acting first.")
    elif request.method not in SAFE and now_acting.writes_until is None:
        refused.note(refused.ACTING)
        raise ForbiddenError(f"You act as {now_acting.person} and only read, so nothing was changed.")


def _wake_up() -> None:
    """Act as oneself again, once a page says so: what was begun as somebody else must not go on as an admin."""
    if (request.endpoint or "static").endswith("static"):
        return
    is_of_script = made_for.HEADER in request.headers or "HX-Request" in request.headers
    is_part = is_of_script or request.path.startswith("/api/")
    if is_part:
        made_for.note_another(made_for.SELF)
    if request.method not in SAFE or is_part:
        raise ConflictError("You don’t act as somebody else any more, so nothing was done. Open the page anew.")
    acting.forget()
    flash("You don’t act as somebody else any more.", "info")


def _is_personal() -> bool:
    return request.blueprint == "security" or request.path.startswith(PERSONAL)


def _stop(sender: Flask, **known: Any) -> None:
    """Sign-out ends it, too."""
    if acting.is_meant():
        actor, now_acting = current_actor(), acting.current()
        acting.forget()
        if now_acting and actor.acting_by:
            with transaction(actor.acting_by) as db:
                services_acting.stop(db, now_acting.id, admin=actor.acting_by, now=datetime.now(UTC))
