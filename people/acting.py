"""Acting as somebody else, as the browser's session has it: the id of a row that says for whom, and for how long."""

from datetime import UTC, datetime
from secrets import token_hex
from uuid import UUID

from flask import g, session

from extensions import db_session
from services import acting
from services.acting import ActingAs
from services.permissions import Actor

_KEY = "acting"


def is_meant() -> bool:
    """Whether the browser believes that it acts as somebody, be that so or over."""
    return _KEY in session


def meant() -> str | None:
    """The id of it, as `is_meant`."""
    found: str | None = session.get(_KEY)
    return found


def begin(acting_id: UUID) -> None:
    """Act as somebody from the next request on."""
    session[_KEY] = str(acting_id)
    _bind_forms()


def forget() -> None:
    """Be oneself from the next request on."""
    if session.pop(_KEY, None):
        _bind_forms()


def _bind_forms() -> None:
    """Have forms made from now on be good for this acting as somebody alone, and those of oneself for oneself.

    What they have to know is the secret of the sign-in and, after a full stop, the id; people.made_for reads it.
    """
    secret = str(session.get("csrf_token") or token_hex(20)).partition(".")[0]
    session["csrf_token"] = ".".join(filter(None, (secret, meant())))
    g.pop("csrf_token", None)


def instead_of(admin: Actor) -> Actor:
    """The person as whom the one who is signed in acts; mostly that is nobody but themselves."""
    if not is_meant():
        return admin
    g.acting_as = acting.find(db_session(), UUID(session[_KEY]), admin=admin, now=datetime.now(UTC))
    return g.acting_as.actor if g.acting_as else admin


def current() -> ActingAs | None:
    """As whom the request acts, once it is known who asks."""
    found: ActingAs | None = g.get("acting_as")
    return found


def sign_in() -> str | None:
    """What ends with it, to those who listen; None where nobody acts as somebody."""
    found = current()
    return None if found is None else f"acting {found.id}"
