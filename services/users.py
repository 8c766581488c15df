"""People who sign in: their names, roles and whether they may."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy import text as text_of

from models import Identity, Role, User
from services import api_tokens, audit, sign_ins, text
from services.database import DbSession
from services.errors import ConflictError, InvalidInputError, NotFoundError
from services.exports import jobs as exports
from services.permissions import Actor, Permission, require, sees_less
from services.secrets import HIDDEN


def find_by_email(db: DbSession, email: str) -> User | None:
    """The person with this address, whatever the case of its letters."""
    return db.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))


def create_account(
    db: DbSession, *, email: str, name: str | None, role: Role, password_hash: str | None, actor: Actor
) -> User:
    """Add a person who may sign in, or give an existing person a role and a password; earlier sign-ins end.

    Args:
        name: None leaves an existing person's as it is.
        password_hash: made at the edge, where the password policy lives; None for who signs in by a provider alone.

    Raises:
        ForbiddenError: the actor may not edit people.
        InvalidInputError: the name can't be used.
    """
    require(actor, Permission.EDIT_USER)
    given = text.clean(name, field="name", limit=text.SHORT)
    user = find_by_email(db, email)
    before = None
    if user is None:
        user = User(email=email.strip().lower())
        db.add(user)
    else:
        db.refresh(user, with_for_update=True)
        before = _account_of(user)
        _forget_exports(db, user, role)
    user.name, user.role, user.active = given or user.name, role, True
    user.password = password_hash
    sign_ins.forget_cookies(db, user)
    _record_account(db, user, before, actor)
    return user


def has_way_in(db: DbSession) -> bool:
    """Whether there is anybody who can sign in."""
    knows = or_(User.password.is_not(None), exists().where(Identity.user_id == User.id))
    can = select(User.id).where(knows, User.active.is_(True), User.role.is_not(None))
    return db.scalar(can.limit(1)) is not None


def create_first_admin(db: DbSession, *, email: str, password_hash: str, actor: Actor) -> User:
    """Let the first person in, as an admin.

    Raises:
        ConflictError: somebody can sign in already.
    """
    db.execute(text_of("SELECT pg_advisory_xact_lock(hashtext('console first admin'))"))
    if has_way_in(db):
        raise ConflictError("The console has people who sign in already; an admin among them can add others.")
    return create_account(db, email=email, name=None, role=Role.ADMIN, password_hash=password_hash, actor=actor)


def _record_account(db: DbSession, user: User, before: Mapping[str, Any] | None, actor: Actor) -> None:
    was, now = audit.changed(before or {}, _account_of(user))
    if before is None:
        audit.record(db, actor, "user:create", user.id, after=_masked(now))
    else:
        audit.record(db, actor, "user:edit", user.id, before=_masked(was), after=_masked(now))


def _account_of(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in ("email", "name", "role", "active", "password")}


def _masked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as the trail may keep them: whether there was a password, never its hash."""
    return {name: HIDDEN if name == "password" and value else value for name, value in fields.items()}


def edit(db: DbSession, user_id: UUID, fields: Mapping[str, Any], *, actor: Actor) -> User:
    """Change a person's name, role or whether they may sign in; taking access away ends their sign-ins.

    Args:
        fields: any of name, role (null for none) and active.

    Raises:
        ForbiddenError: the actor may not edit people.
        NotFoundError: there is no such person.
        ConflictError: admins can't take their own access away.
        InvalidInputError: a value can't be used.
    """
    require(actor, Permission.EDIT_USER)
    user = db.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFoundError("There is no such person.")
    values = _parse(fields)
    if user.id == actor.id and (values.get("role", user.role) is not Role.ADMIN or values.get("active") is False):
        raise ConflictError("You can't take your own access away; ask another admin.")
    before, after = audit.changed({name: getattr(user, name) for name in values}, values)
    if after:
        _forget_exports(db, user, after.get("role", user.role))
        for name, value in after.items():
            setattr(user, name, value)
        if "role" in after or after.get("active") is False:
            sign_ins.forget_cookies(db, user)
        audit.record(db, actor, "user:edit", user_id, before=before, after=after)
        if after.get("active") is False:
            api_tokens.revoke_all(db, user_id, actor=actor)
    return user


def _forget_exports(db: DbSession, user: User, role: Role | None) -> None:
    """Take back what the person's present role let them have as files, where the new one opens less."""
    if sees_less(role, user.role):
        exports.forget_of(db, user.id)


def _parse(fields: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if "name" in fields:
        values["name"] = text.clean(fields["name"], field="name", limit=text.SHORT)
    if "active" in fields:
        values["active"] = bool(fields["active"])
    if "role" in fields:
        try:
            values["role"] = Role(fields["role"]) if fields["role"] else None
        except ValueError:
            raise InvalidInputError(f"This must be one of {', '.join(Role)}.", field="role") from None
    return values
