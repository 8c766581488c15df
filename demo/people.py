"""Those who sign in to the demo: one person a role."""

from datetime import datetime, timedelta

from models import Role, User
from people import accounts, passwords
from services import users
from services.database import DbSession
from services.permissions import Actor

DEMO = Actor(id=None, name="demo", role=Role.ADMIN, origin="cli")

PEOPLE = {
    Role.MEMBER: ("Mia Member", "sees what is their own, runs the wizard, retries own deploys"),
    Role.VIEWER: ("Vera Viewer", "sees everything, changes nothing"),
    Role.OPERATOR: ("Otto Operator", "sees everything, puts right what went wrong"),
    Role.ADMIN: ("Ada Admin", "also people, templates, hook overrides and steps back"),
}
"""Each role's person, and what the role is for."""


def address(role: Role) -> str:
    """The e-mail address of a role's person."""
    return f"{role}@example.com"


def add_all(db: DbSession, password: str, *, now: datetime) -> dict[Role, User]:
    """Add the four, as if they had been there for longer than the data is old."""
    people = {role: _add(db, role, password) for role in PEOPLE}
    for user in people.values():
        user.created_at = now - timedelta(days=60)
    return people


def keep_password(db: DbSession, password: str) -> None:
    """See to it that the four sign in with this password, whichever they had before."""
    for role in PEOPLE:
        user = users.find_by_email(db, address(role))
        if user is not None and not (user.password and accounts.is_password(password, user.password)):
            _let_in(db, user.role or role, password, email=user.email)


def _add(db: DbSession, role: Role, password: str) -> User:
    return _let_in(db, role, password, email=address(role), name=PEOPLE[role][0])


def _let_in(db: DbSession, role: Role, password: str, *, email: str, name: str | None = None) -> User:
    return users.create_account(
        db, email=email, name=name, role=role, password_hash=passwords.hash_known(password), actor=DEMO
    )
