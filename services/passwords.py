"""Passwords of people: changed, and set anew by a link; either ends all that was signed in before."""

from uuid import UUID, uuid4

from models import User
from services import audit, sign_ins, users
from services.database import DbSession
from services.errors import ConflictError, NotFoundError
from services.permissions import Actor, Permission, require
from services.secrets import HIDDEN


def change(db: DbSession, password_hash: str, *, actor: Actor) -> None:
    """Give oneself a new password; the edge has asked for the old one.

    Args:
        password_hash: made at the edge, where the rules are asked.

    Raises:
        ForbiddenError: the actor keeps no account.
        NotFoundError: the person is gone.
    """
    require(actor, Permission.KEEP_SIGN_INS, owner_id=actor.id)
    _set(db, _get(db, actor.id), password_hash, "user:change_password", actor)


def allow_reset(db: DbSession, user_id: UUID, *, actor: Actor) -> User:
    """Let a link be made by which the person chooses a new password; it is recorded who made it.

    Raises:
        ForbiddenError: the actor may not manage sign-ins.
        NotFoundError: there is no such person.
        ConflictError: the person may not sign in anyway.
    """
    require(actor, Permission.MANAGE_SIGN_INS)
    user = _get(db, user_id)
    if not (user.active and user.role):
        raise ConflictError("This person may not sign in: give them a role and let them sign in first.")
    user.fs_uniquifier = user.fs_uniquifier or uuid4().hex
    audit.record(db, actor, "user:make_reset_link", user_id)
    return user


def ask_reset(db: DbSession, email: str, *, origin: str | None) -> User | None:
    """Somebody asks for a link for whoever has this address; None where nobody has it who may sign in.

    It is recorded either way, so that it takes as long either way.
    """
    user = users.find_by_email(db, email)
    if user is None or not (user.active and user.role and user.fs_uniquifier):
        audit.record(db, Actor(id=None, name="anonymous", role=None, origin=origin), "user:ask_reset_link", None)
        return None
    actor = Actor(id=user.id, name=user.email, role=user.role, origin=origin)
    audit.record(db, actor, "user:ask_reset_link", user.id)
    return user


def reset(db: DbSession, user_id: UUID, password_hash: str, *, uniquifier: str, origin: str | None) -> User:
    """Set the password of the person whom a link names.

    Args:
        uniquifier: what the person's sign-ins went by when the link was looked at; a link is of use once.

    Raises:
        ConflictError: the link was used, or the person's sign-ins were ended, a moment ago.
    """
    user = _get(db, user_id)
    if user.fs_uniquifier != uniquifier or not user.active:
        raise ConflictError("This link has been used. Ask for another.")
    actor = Actor(id=user.id, name=user.email, role=user.role, origin=origin)
    _set(db, user, password_hash, "user:reset_password", actor)
    return user


def _get(db: DbSession, user_id: UUID | None) -> User:
    user = db.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFoundError("There is no such person.")
    return user


def _set(db: DbSession, user: User, password_hash: str, tag: str, actor: Actor) -> None:
    before = {"password": HIDDEN if user.password else None}
    user.password = password_hash
    ended = sign_ins.forget_cookies(db, user)
    audit.record(db, actor, tag, user.id, before=before, after={"password": HIDDEN, "ended": ended})
