"""Sign-ins as requests know them: the cookie names a row, which is asked for together with the account."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask, Response, current_app, request, session
from flask_login import user_logged_out
from flask_security import current_user, user_authenticated
from flask_security.utils import set_request_attr
from sqlalchemy import bindparam, select

from config import Settings
from extensions import db_session, transaction
from models import SignIn, User
from people.accounts import Account, security
from services import sign_ins
from services.errors import NotFoundError
from services.permissions import Actor
from services.sign_ins import Lifetimes

_KEY = "sign_in"
_WHY = "sign_in_ended"
UNATTENDED = frozenset({"cors", "no-cors", "same-origin", "websocket"})
"""What browsers say of requests that scripts make (Fetch Metadata, `Sec-Fetch-Mode`): pages that renew themselves."""


_PEOPLE = User.__table__.c
_SIGNED_IN = (
    select(Account, SignIn.last_used_at)
    .join(SignIn, SignIn.user_id == _PEOPLE.id)
    .where(
        SignIn.id == bindparam("named"),
        sign_ins.is_live(bindparam("now")),
        _PEOPLE.fs_uniquifier == bindparam("uniquifier"),
        _PEOPLE.active,
    )
)
"""Made once, since each request asks it."""


def init_app(app: Flask) -> None:
    security.login_manager.user_loader(_load)
    user_authenticated.connect(_begin, app)
    user_logged_out.connect(_end, app)
    app.after_request(_clear)
    app.config["PERMANENT_SESSION_LIFETIME"] = lifetimes(app).most
    app.jinja_env.globals["why_signed_out"] = why_signed_out


def lifetimes(app: Flask) -> Lifetimes:
    """How long sign-ins last here."""
    settings: Settings = app.extensions["console_settings"]
    return Lifetimes(timedelta(minutes=settings.sign_in_idle_minutes), timedelta(hours=settings.sign_in_hours))


def current_id() -> UUID | None:
    """The sign-in that the request's cookie names, be it live or not."""
    try:
        return UUID(session[_KEY])
    except (LookupError, ValueError, TypeError, AttributeError):
        return None


def renew() -> None:
    """Who is signed in has proved once more who they are: their sign-in goes on by another id."""
    user, named = current_user._get_current_object(), current_id()
    if named is not None:
        with transaction(actor_of(user)) as db:
            renamed = sign_ins.rename(db, named, now=datetime.now(UTC))
        session[_KEY] = str(renamed or named)


def _load(uniquifier: str) -> Account | None:
    """The account that is signed in, or None where its sign-in has ended; one statement for both."""
    db, now, named = db_session(), datetime.now(UTC), current_id()
    is_first = not db.in_transaction()
    found = db.execute(_SIGNED_IN, {"named": named, "now": now, "uniquifier": uniquifier}).one_or_none()
    if found is None:
        _note_why(named, now)
        return None
    account, last_used_at = found
    if is_first and now - last_used_at >= sign_ins.TOUCHED_EVERY and _is_use():
        _touch(named, now)
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", session.get("fs_paa", 0))
    return account


def _is_use() -> bool:
    """Whether a person asks: a page, or anything that changes something. What renews itself keeps nobody signed in."""
    return request.method not in ("GET", "HEAD") or request.headers.get("Sec-Fetch-Mode") not in UNATTENDED


def _touch(sign_in_id: UUID | None, now: datetime) -> None:
    """Write it at once, while nothing else is under way: it waits for no long request, nor goes with one that fails."""
    if sign_in_id is not None:
        db = db_session()
        sign_ins.touch(db, sign_in_id, origin=request.remote_addr, lifetimes=lifetimes(current_app), now=now)
        db.commit()


def _note_why(sign_in_id: UUID | None, now: datetime) -> None:
    if sign_in_id is not None and session.pop(_KEY, None):
        session[_WHY] = sign_ins.why_ended(db_session(), sign_in_id, now=now)


def _begin(sender: Flask, user: Account, **how: Any) -> None:
    """Somebody has proved who they are, in whichever way."""
    session.pop(_WHY, None)
    if session.pop("_remember", None) == "set":  # the cookie outlives the browser's window, though never its sign-in
        session.permanent = True
    with transaction(actor_of(user)) as db:
        begun = sign_ins.begin(
            db,
            user.id,
            origin=request.remote_addr,
            user_agent=request.headers.get("User-Agent"),
            lifetimes=lifetimes(sender),
            now=datetime.now(UTC),
        )
        session[_KEY] = str(begun.id)


def _end(sender: Flask, user: Any, **how: Any) -> None:
    """The person signs out here; what listens with this sign-in ends too."""
    named, _ = current_id(), session.pop(_KEY, None)
    if named is not None and user is not None and user.is_authenticated:
        with transaction(actor_of(user)) as db, suppress(NotFoundError):  # it may have ended this very moment
            sign_ins.end(db, named, actor=actor_of(user), now=datetime.now(UTC))


def _clear(response: Response) -> Response:
    """Have the browser forget what pages kept, wherever a sign-in has led that ended, in whichever way.

    Who is signed in is led on from the sign-in page. Not its cookies, which know the device and what to say; nor its
    cache, where nothing but the console's files is.
    """
    if request.endpoint == "security.login" and request.method == "GET" and response.status_code == 200:
        response.headers["Clear-Site-Data"] = '"storage"'
    return response


def actor_of(user: Any) -> Actor:
    """The person of an account, at this request's address."""
    return Actor(id=user.id, name=user.email, role=user.role, origin=request.remote_addr)


def why_signed_out() -> str | None:
    """What to say on the sign-in page to whoever is there because a sign-in ended; None to all others."""
    words = _WORDS.get(session.get(_WHY, ""))
    limits = lifetimes(current_app)
    return words and words.format(idle=duration(limits.idle), most=duration(limits.most))


_WORDS: dict[str, str] = {
    "idle": "You were signed out, because nothing was done for {idle}.",
    "over": "You were signed out, because a sign-in lasts {most} at most.",
    "ended": "You were signed out: this sign-in was ended, or your password or role changed.",
    "unknown": "You were signed out.",
}


def duration(length: timedelta) -> str:
    """A time of whole minutes in words: an hour, 24 hours, 90 minutes."""
    minutes = int(length.total_seconds()) // 60
    if minutes % 60:
        return "a minute" if minutes == 1 else f"{minutes} minutes"
    return "an hour" if minutes == 60 else f"{minutes // 60} hours"
