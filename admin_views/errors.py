"""Errors as people see them: one page that says what is wrong and what to do."""

from flask import current_app, request

from admin_views.acting import acting_as_known
from admin_views.sent_again import sent_again
from people import made_for
from people.accounts import current_actor

TITLES = {
    400: "That can’t be understood",
    401: "Sign in first",
    403: "Not permitted",
    404: "Not found",
    405: "Not possible here",
    409: "It has changed meanwhile",
    412: "It has changed meanwhile",
    413: "Too much at once",
    422: "That can’t be used",
    429: "Too much at once",
    500: "Something broke",
    503: "The database is away",
}

_RETRY = "Try again in a moment. If it stays so, tell whoever runs the console the request’s id."
NEXT = {
    400: "Go back and try once more. If a link led here, it is damaged.",
    403: "An admin can give you a role that permits it.",
    404: "It may have been removed, or the address is incomplete. The console finds records by their id or text.",
    405: "Go back to the page that led here, and use its buttons.",
    409: "Go back and look at how it stands now.",
    412: "Go back and look at how it stands now.",
    413: "Send less at a time.",
    422: "Go back and correct it; or begin anew from the console.",
    429: _RETRY,
    500: _RETRY,
    503: _RETRY,
}
"""What somebody can do about it, by status."""
NO_ROLE = "Your account has no role, so that nothing here is open to you."


def error_page(status: int, message: str, request_id: str, *, is_of_role: bool = False) -> tuple[str, int]:
    """The page for an error, with the id under which the log has the rest."""
    title = "Made for somebody else" if made_for.is_another() else TITLES.get(status, "That did not work")
    # Not by render_template, which asks who is signed in, and so the database, which may be what is wrong.
    page = current_app.jinja_env.get_template("error.html")
    # Whoever asks again for what was sent would send it again: only what was merely looked at is tried again.
    may_retry = request.method == "GET" and status in (429, 500, 503)
    has_no_role = is_of_role and _has_no_role()
    return page.render(
        status=status,
        title=title,
        message=NO_ROLE if has_no_role else message,
        request_id=request_id,
        next_step=None if made_for.is_another() or (status == 403 and not is_of_role) else NEXT.get(status),
        may_only_leave=has_no_role,
        may_retry=may_retry,
        now_acting=acting_as_known(),
        again=sent_again(),
    ), status


def _has_no_role() -> bool:
    """Whether somebody has signed in to whom nothing is open, so that all that is left to them is to sign out."""
    try:
        actor = current_actor()
    except Exception:  # the page is to be shown all the same
        return False
    return actor.id is not None and actor.role is None
