"""People as Flask-Security sees them, and the actor of the current request."""

from datetime import timedelta
from typing import Any

from flask import Flask, g, has_request_context, request, session
from flask_security import RoleMixin, Security, SQLAlchemyUserDatastore, UserMixin, current_user
from flask_security.utils import validate_redirect_url, verify_password
from sqlalchemy import exists
from sqlalchemy.orm import column_property, registry
from werkzeug.datastructures import ImmutableMultiDict

import standings
from extensions import database, db_session
from models import Base, Role, SecondFactorRole, User
from people import acting, api_tokens
from people.passwords import Passwords
from services.live.audience import ASKED_FOR_SECOND_FACTOR
from services.permissions import Actor

security = Security(password_util_cls=Passwords)

SECURITY_CONFIG: dict[str, Any] = {
    "SECURITY_PASSWORD_SALT": "operations-console",  # argon2 salts each hash itself; this only separates uses
    "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_API_ENABLED_METHODS": ["session"],  # Flask-Security's own pages; tokens are the console's, for /api
    "SECURITY_POST_LOGIN_VIEW": "/console/",
    "SECURITY_POST_LOGOUT_VIEW": "/login",
    "SECURITY_POST_VERIFY_VIEW": "/console/",
    "SECURITY_UNAUTHORIZED_VIEW": None,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_SEND_REGISTER_EMAIL": False,
    "SECURITY_PASSWORD_NORMALIZE_FORM": "NFKC",
    "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=1),
    "SECURITY_MSG_GENERIC_AUTHN_FAILED": ("E-mail or password is wrong.", "error"),
    "SECURITY_MSG_INVALID_PASSWORD": ("This is not your password.", "error"),
    "SECURITY_MSG_RETYPE_PASSWORD_MISMATCH": ("This is another password than the one above.", "error"),
    "SECURITY_MSG_REAUTHENTICATION_SUCCESSFUL": ("Thank you. You are not asked again for ten minutes.", "success"),
}


class AccountRole(RoleMixin):
    """A role under the name that Flask-Security asks for."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.permissions: list[str] = []


class Account(UserMixin):
    """A row of `users`, mapped a second time with what Flask-Security needs, so that the model stays plain."""

    role: Role | None
    must_have_second_factor: bool
    """Whether admins require a second factor of the person's role."""

    @property
    def roles(self) -> list[AccountRole]:  # type: ignore[override]
        """The one role of the person, as a list."""
        return [] if self.role is None else [AccountRole(self.role)]

    def verify_and_update_password(self, password: str) -> bool:
        """Whether it is the person's password; no password is, of whoever has none."""
        return self.password is not None and bool(super().verify_and_update_password(password))


_MUST_HAVE_SECOND_FACTOR = exists().where(SecondFactorRole.role == User.__table__.c.role).correlate(User.__table__)
registry(metadata=Base.metadata).map_imperatively(
    Account, User.__table__, properties={"must_have_second_factor": column_property(_MUST_HAVE_SECOND_FACTOR)}
)


def init_security(app: Flask) -> None:
    """Sign-in pages, cookies and tokens."""
    datastore = SQLAlchemyUserDatastore(database, Account, AccountRole)
    app.before_request(_drop_foreign_next)
    security.init_app(app, datastore, register_blueprint=True)
    app.before_request(_recognise)
    # Flask-Security's own reader takes tokens from query strings and bodies, on every page, which log files keep.
    security.login_manager.request_loader(lambda request: None)


def _recognise() -> None:
    """Have the database know who asks from the beginning: views for plain Flask-Admin never ask it for that."""
    if "_user_id" in session:
        current_actor()


def _drop_foreign_next() -> None:
    """Forget an address elsewhere to come back to; Flask-Security would refuse even the right password with it."""
    if request.endpoint not in ("security.login", "security.verify"):
        return
    for part in ("args", "form"):
        sent = getattr(request, part)
        if not all(map(is_here, sent.getlist("next"))):
            rest = [(name, value) for name, value in sent.items(multi=True) if name != "next"]
            setattr(request, part, ImmutableMultiDict(rest))


def is_here(address: str) -> bool:
    """Whether it is a path on this site, to browsers too, for which a backslash is a slash."""
    try:
        return address.startswith("/") and "\\" not in address and bool(validate_redirect_url(address))
    except ValueError:
        return False


ANONYMOUS = Actor(id=None, name="anonymous", role=None)


def current_actor() -> Actor:
    """Who is asking, and from where; without a role where nobody is signed in.

    From then on, the database answers this request as that person.
    """
    if not has_request_context():
        return ANONYMOUS
    actor = _known_actor()
    if g.get("recognised") is not actor:  # a page asks a hundred times
        standings.recognise(db_session(), actor)
    return actor


def _known_actor() -> Actor:
    known: tuple[Any, Actor] | None = g.get("actor")
    if known is not None and known[0] is g.get("_login_user"):  # nobody signed in or out since
        return known[1]
    if has_bearer():  # then it alone counts
        return api_tokens.sender(_bearer() or "") or ANONYMOUS
    account = _account()
    if account is None:
        return ANONYMOUS
    actor = Actor(id=account.id, name=account.email, role=account.role, origin=request.remote_addr)
    actor = acting.instead_of(actor)
    g.actor = g.get("_login_user"), actor
    return actor


def current_sign_in() -> str:
    """What the sign-in of the person who asks goes by; another value in the database has ended it."""
    if token := api_tokens.sign_in():
        return token
    is_asked = current_user.second_factor_since is not None or current_user.must_have_second_factor
    opened_by = acting.sign_in() or f"sign-in {session['sign_in']}"
    return f"{opened_by}{ASKED_FOR_SECOND_FACTOR if is_asked else ''}"


def has_bearer() -> bool:
    """Whether the request names its sender with a token, good or bad, and so can't be forged with a cookie."""
    return request.path.startswith("/api/") and _bearer() is not None


def is_password(password: str, password_hash: str) -> bool:
    """Whether the hash was made of this password."""
    return bool(verify_password(security._password_util.normalize(password), password_hash))


def _account() -> Any:
    """The active account behind the request's cookie, or None."""
    user = current_user._get_current_object()
    return user if user.is_authenticated and user.active else None


def _bearer() -> str | None:
    """The token of the Authorization header (RFC 6750, section 2.1), or None where there is no such header."""
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
