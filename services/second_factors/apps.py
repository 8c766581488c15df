"""The authenticator app of a person: set up, asked for codes, removed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from cryptography.fernet import MultiFernet
from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from models import AuthenticatorApp, TypedFactor
from services import audit
from services.database import DbSession
from services.errors import InvalidInputError, NotFoundError
from services.permissions import Actor, Permission, require
from services.second_factors import recovery, sealing, standing, tries
from services.second_factors.codes import Key

OFFERED_FOR_S = 900
"""Seconds that a person has to give the first code of a new app."""


@dataclass(frozen=True)
class Offer:
    """A key that becomes an app's once the app has shown the right code."""

    key: Key
    sealed: str
    """The key as the form takes it along; it is kept nowhere else until then."""


def offer(seal: MultiFernet, *, actor: Actor, now: datetime) -> Offer:
    """A new key, for this person alone."""
    key = Key.new()
    return Offer(key, sealing.write(seal, {"app_of": str(actor.id), "key": key.base32}, now=now))


def open_offer(seal: MultiFernet, sealed: str, *, actor: Actor, now: datetime) -> Offer | None:
    """What was offered, as the form brought it back; None where that was too long ago, or to somebody else."""
    content = sealing.read(seal, sealed, now=now, for_s=OFFERED_FOR_S)
    if content is None or content.get("app_of") != str(actor.id):
        return None
    return Offer(Key(content["key"]), sealed)


def set_up(
    db: DbSession, offered: Offer, code: str, *, seal: MultiFernet, actor: Actor, now: datetime
) -> Sequence[str]:
    """Take the app that shows the offered key's codes, in the place of another one where there is one.

    Returns:
        Recovery codes, to be shown now and never again; none where the person has some left.

    Raises:
        ForbiddenError: nobody does this for somebody else.
        InvalidInputError: the code is not one that the app would show now.
    """
    require(actor, Permission.KEEP_SECOND_FACTORS, owner_id=actor.id)
    step = offered.key.step_of(code, now=now)
    if step is None or actor.id is None:
        raise InvalidInputError("The app does not show this code. Check that its clock is right.", field="code")
    values = {"secret": sealing.write(seal, {"key": offered.key.base32}, now=now), "last_step": step}
    fresh = values | {"created_at": now, "last_used_at": None}
    db.execute(
        insert(AuthenticatorApp)
        .values(user_id=actor.id, **fresh)
        .on_conflict_do_update(index_elements=[AuthenticatorApp.user_id], set_=fresh)
    )
    standing.renew(db, actor.id, now=now)
    audit.record(db, actor, "user:set_up_app", actor.id)
    return [] if recovery.left(db, actor.id) else recovery.renew(db, actor.id)


def take_code(db: DbSession, user_id: UUID, code: str, *, seal: MultiFernet, now: datetime) -> bool:
    """Whether the person's app shows this code now; right or wrong, it counts as a try, and it is right once only.

    Raises:
        TooManyTriesError: nothing may be tried just now.
    """
    tries.count(db, user_id, TypedFactor.CODE, now=now)
    app = db.get(AuthenticatorApp, user_id, populate_existing=True)
    content = None if app is None else sealing.read(seal, app.secret, now=now)
    if app is None or content is None:
        return False
    step = Key(content["key"]).step_of(code, now=now, after=app.last_step)
    if step is None or not _take_step(db, user_id, step, now):
        return False
    tries.forget(db, user_id, TypedFactor.CODE)
    return True


def remove(db: DbSession, *, actor: Actor, now: datetime) -> None:
    """Ask the person for no more codes.

    Raises:
        ForbiddenError: nobody does this for somebody else.
        NotFoundError: there is no app.
        ConflictError: the person's role must have a second factor, and this is the only one.
    """
    require(actor, Permission.KEEP_SECOND_FACTORS, owner_id=actor.id)
    of_person = delete(AuthenticatorApp).where(AuthenticatorApp.user_id == actor.id)
    removed = db.scalar(of_person.returning(AuthenticatorApp.user_id))
    if removed is None:
        raise NotFoundError("There is no authenticator app to remove.")
    standing.require_spare(db, removed, now=now)
    audit.record(db, actor, "user:remove_app", removed)


def _take_step(db: DbSession, user_id: UUID, step: int, now: datetime) -> bool:
    """Whether this is the first code of the step that is taken, of however many that are sent at once."""
    taken = db.scalar(
        update(AuthenticatorApp)
        .where(AuthenticatorApp.user_id == user_id, AuthenticatorApp.last_step < step)
        .values(last_step=step, last_used_at=now)
        .returning(AuthenticatorApp.user_id)
        .execution_options(synchronize_session=False)
    )
    return taken is not None
