"""Second factors taken away from somebody who lost them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete

from models import AuthenticatorApp, Passkey, User
from services import audit, sign_ins
from services.database import DbSession
from services.errors import ConflictError, NotFoundError
from services.permissions import Actor, Permission, require
from services.second_factors import standing


def reset(db: DbSession, user_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Remove a person's app, passkeys and recovery codes, and end their sign-ins: what was lost may have been found.

    The password is enough then, unless the person's role must have a second factor: then they set up a new one first.

    Raises:
        ForbiddenError: the actor may not.
        NotFoundError: there is no such person.
        ConflictError: the person has no second factor.
    """
    require(actor, Permission.RESET_SECOND_FACTORS)
    user = db.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFoundError("There is no such person.")
    if user.second_factor_since is None:
        raise ConflictError("This person has no second factor.")
    db.execute(delete(AuthenticatorApp).where(AuthenticatorApp.user_id == user_id))
    db.execute(delete(Passkey).where(Passkey.user_id == user_id))
    sign_ins.forget_cookies(db, user)
    db.flush()
    standing.renew(db, user_id, now=now)
    audit.record(db, actor, "user:reset_second_factors", user_id, before={"since": user.second_factor_since})
    db.expire(user, ["second_factor_since"])
