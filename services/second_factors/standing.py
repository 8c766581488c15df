"""Whether people have a second factor, and whether they must."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import case, exists, func, or_, select, update

from models import AuthenticatorApp, Passkey, SecondFactorRole, User
from services.database import DbSession
from services.errors import ConflictError
from services.second_factors import recovery, tries


def renew(db: DbSession, user_id: UUID, *, now: datetime) -> bool:
    """Have the person's row say whether there is a second factor, and since when; without one, nothing is recovered."""
    has_one = or_(
        exists(AuthenticatorApp).where(AuthenticatorApp.user_id == user_id),
        exists(Passkey).where(Passkey.user_id == user_id),
    )
    since = db.scalar(
        update(User)
        .where(User.id == user_id)
        .values(second_factor_since=case((has_one, func.coalesce(User.second_factor_since, now)), else_=None))
        .returning(User.second_factor_since)
        .execution_options(synchronize_session=False)
    )
    if since is None:
        recovery.forget(db, user_id)
        tries.forget(db, user_id)
    return since is not None


def require_spare(db: DbSession, user_id: UUID, *, now: datetime) -> None:
    """Raise where the person's role must have a second factor and, after a removal, none is left.

    Raises:
        ConflictError: so it is; the removal is not to be.
    """
    must = db.scalar(select(exists().where(User.id == user_id, SecondFactorRole.role == User.role)))
    if not renew(db, user_id, now=now) and must:
        raise ConflictError("Your role must have a second factor. Add another one first, then remove this one.")
