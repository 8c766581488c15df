"""People as Flask-Security sees them, and the actor of the current request."""

from datetime import timedelta
from typing import Any

from flask import Flask, has_request_context, request
from flask_security import RoleMixin, Security, SQLAlchemyUserDatastore, UserMixin, current_user
from sqlalchemy.orm import registry

from extensions import database
from models import Base, Role, User
from services.permissions import Actor

security = Security()

SECURITY_CONFIG: dict[str, Any] = {
    "SECURITY_PASSWORD_SALT": "operations-console",  # argon2 salts each hash itself; this only separates uses
    "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_TOKEN_MAX_AGE": timedelta(days=30),
    "SECURITY_POST_LOGIN_VIEW": "/console/",
    "SECURITY_POST_LOGOUT_VIEW": "/login",
    "SECURITY_UNAUTHORIZED_VIEW": None,
    "SECURITY_RETURN_GENERIC_RESPONSES": True,
    "SECURITY_SEND_REGISTER_EMAIL": False,
}


class AccountRole(RoleMixin):
    """A role under the name that Flask-Security asks for."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.permissions: list[str] = []


class Account(UserMixin):
    """A row of `users`, mapped a second time with what Flask-Security needs, so that the model stays plain."""

    role: Role | None

    @property
    def roles(self) -> list[AccountRole]:
        """The one role of the person, as a list."""
        return [] if self.role is None else [AccountRole(self.role)]


registry(metadata=Base.metadata).map_imperatively(Account, User.__table__)


def init_security(app: Flask) -> None:
    """Sign-in pages, cookies and tokens."""
    datastore = SQLAlchemyUserDatastore(database, Account, AccountRole)
    security.init_app(app, datastore, register_blueprint=True)


ANONYMOUS = Actor(id=None, name="anonymous", role=None)


def current_actor() -> Actor:
    """Who is asking, and from where; without a role where nobody is signed in."""
    if not has_request_context() or not current_user.is_authenticated or not current_user.active:
        return ANONYMOUS
    account: Any = current_user
    return Actor(id=account.id, name=account.email, role=account.role, origin=request.remote_addr)
