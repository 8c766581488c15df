"""For whom a page was made: what it sends, and what it asks for to renew itself, is done for nobody else.

All tabs of a browser share one sign-in, and so one acting as somebody. A page that was made before that began, or
before it ended, would otherwise go on as somebody whom its own banner does not name.
"""

from contextlib import suppress
from uuid import UUID

from flask import Flask, Response, g, request, session
from itsdangerous import BadData

from extensions import transaction
from people import acting
from people.accounts import current_actor, has_bearer
from people.signing import timed_signer
from services import acting as services_acting
from services.errors import ConflictError

SELF = "self"
"""What a page is made for that shows who signed in their own; otherwise it is the id of acting as somebody."""
HEADER = "X-Made-For"
"""What scripts say of their page where they only read; and the answer, where it is made for somebody else by now."""
LEAVING = frozenset({"acting.stop", "security.logout"})
"""What any page of the sign-in may do: after it, one is oneself, or nobody."""
_SALT = "wtf-csrf-token"
"""Flask-WTF's own, of the tokens that it signs."""


def init_app(app: Flask) -> None:
    """Put the guard up; to be called before that of forms' tokens."""
    app.before_request(_refuse)
    app.after_request(_tell)
    app.jinja_env.globals["made_for"] = current


def current() -> str:
    """For whom pages are made now."""
    return acting.meant() or SELF


def is_another() -> bool:
    """Whether the request was refused since its page was made for somebody else."""
    return "made_for_another" in g


def check(said: str) -> None:
    """Hold the request to whom its page says that it was made for; one that says nothing may be made for anybody.

    Raises:
        ConflictError: it is somebody else by now.
    """
    if said and said != current():
        note_another(current())
        raise ConflictError(_words(said))


def note_another(now: str) -> None:
    """Have the answer say that the page which sends the request was made for somebody else.

    Args:
        now: for whom it would be made if it were loaded anew.
    """
    g.made_for_another = now


def _refuse() -> None:
    """
    Raises:
        ConflictError: the page that sends the request was made for somebody else than it would be done as.
    """
    if has_bearer() or "_user_id" not in session:
        return
    maker = _maker()
    if maker != current() and request.endpoint in LEAVING and maker:
        g.csrf_valid = True  # it knows the secret of this sign-in, which is all that leaving needs
        return
    check(maker)
    check(request.headers.get(HEADER, ""))


def _maker() -> str:
    """For whom the page with the token of the request was made; empty where it has none of this sign-in."""
    token = request.headers.get("X-CSRFToken") or _form_token()
    if not token:
        return ""
    with suppress(BadData, UnicodeError):
        secret, _, made_for = str(timed_signer(_SALT).loads(token)).partition(".")
        known = str(session.get("csrf_token", "")).partition(".")[0]
        return (made_for or SELF) if secret == known else ""
    return ""


def _form_token() -> str:
    """The body of what is sent to the API is left to it, which takes tokens in a header."""
    return "" if request.path.startswith("/api/") else request.form.get("csrf_token", "")


def _words(maker: str) -> str:
    now = _person(current())
    was = _person(maker)
    made = f"while you acted as {was}" if was else "for yourself"
    return (
        f"This page was made {made}, and you {f'act as {now}' if now else 'are yourself'} now. "
        "So nothing was done: load it anew first."
    )


def _person(made_for: str) -> str | None:
    """What the person is called for whom a page was made; None of oneself."""
    if made_for == SELF:
        return None
    actor = current_actor()
    admin = actor.acting_by or actor
    with suppress(ValueError), transaction(admin) as db:
        return services_acting.person_of(db, UUID(made_for), admin=admin) or "somebody else"
    return "somebody else"


def _tell(response: Response) -> Response:
    """Have scripts know this refusal from others, so that their page can say that it is out of date."""
    if is_another():
        response.headers[HEADER] = g.made_for_another
    return response
