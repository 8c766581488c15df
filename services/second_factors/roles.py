"""Which roles must have a second factor, as admins say."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select

from models import Role, SecondFactorRole, User
from services import audit
from services.database import DbSession
from services.permissions import Actor, Permission, require


@dataclass(frozen=True)
class RoleStanding:
    """How the people of one role stand."""

    is_required: bool
    people: int
    """Those who may sign in."""
    without: int
    """Of these, those who have no second factor."""


def standings(db: DbSession, *, actor: Actor) -> Mapping[Role, RoleStanding]:
    """Every role.

    Raises:
        ForbiddenError: the actor may not set the rules of signing in.
    """
    require(actor, Permission.SET_SIGN_IN_RULES)
    required = _required(db)
    people = {
        role: (number, without)
        for role, number, without in db.execute(
            select(User.role, func.count(), func.count().filter(User.second_factor_since.is_(None)))
            .where(User.role.is_not(None), User.active.is_(True))
            .group_by(User.role)
        )
    }
    return {role: RoleStanding(role in required, *people.get(role, (0, 0))) for role in Role}


def require_of(db: DbSession, roles: Collection[Role], *, actor: Actor) -> bool:
    """Have people of these roles, and of no others, need a second factor; whether that is anything new.

    Those who have none are led to set one up, at their next page; nobody is kept from that.

    Raises:
        ForbiddenError: the actor may not set the rules of signing in.
    """
    require(actor, Permission.SET_SIGN_IN_RULES)
    db.execute(select(func.pg_advisory_xact_lock(func.hashtext("second_factor_roles"))))
    before, after = _required(db), frozenset(roles)
    if before == after:
        return False
    db.execute(delete(SecondFactorRole).where(SecondFactorRole.role.in_(before - after)))
    if added := after - before:
        db.execute(insert(SecondFactorRole), [{"role": role} for role in added])
    audit.record(
        db,
        actor,
        "sign_in_rules:set",
        None,
        before={"second_factor": _names(before)},
        after={"second_factor": _names(after)},
    )
    return True


def _required(db: DbSession) -> frozenset[Role]:
    return frozenset(db.scalars(select(SecondFactorRole.role)))


def _names(roles: Collection[Role]) -> list[str]:
    return [str(role) for role in Role if role in roles]
