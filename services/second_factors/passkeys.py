"""Passkeys of people: added, looked for, used, removed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from models import Passkey, User
from services import audit, text
from services.database import DbSession
from services.errors import ConflictError, InvalidInputError, NotFoundError
from services.permissions import Actor, Permission, require
from services.second_factors import ceremonies, challenges, standing
from services.second_factors.ceremonies import NewKey, Site

LIMIT = 20
"""Passkeys of one person."""
NAME_LENGTH = 60
_UNKNOWN = "This passkey does not open this account. It may have been removed here."


def of_person(db: DbSession, user_id: UUID) -> Sequence[Passkey]:
    """The person's passkeys, the oldest first."""
    return db.scalars(select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.created_at, Passkey.id)).all()


def add(db: DbSession, key: NewKey, name: str, *, actor: Actor, now: datetime) -> Passkey:
    """Let the person sign in with a key that their device has made.

    Raises:
        ForbiddenError: nobody does this for somebody else.
        InvalidInputError: the name can't be used.
        ConflictError: the key is known already, or there are too many.
    """
    require(actor, Permission.KEEP_SECOND_FACTORS, owner_id=actor.id)
    called = text.clean(name, field="name", limit=NAME_LENGTH)
    if not called:
        raise InvalidInputError("Give the passkey a name by which you know it again.", field="name")
    _check_room(db, actor)
    values = {field: getattr(key, field) for field in NewKey.__dataclass_fields__}
    added: Passkey | None = db.scalar(
        insert(Passkey)
        .values(user_id=actor.id, name=called, created_at=now, **values)
        .on_conflict_do_nothing(index_elements=[Passkey.credential_id])
        .returning(Passkey)
    )
    if added is None:
        raise ConflictError("This passkey is there already.")
    standing.renew(db, added.user_id, now=now)
    audit.record(db, actor, "user:add_passkey", added.user_id, after={"name": called})
    return added


def answer(
    db: DbSession, site: Site, challenge: bytes, credential: str, *, user_id: UUID | None, now: datetime
) -> Passkey:
    """The passkey by which somebody has proven who they are.

    Args:
        user_id: whose it must be; None where it is to say who it is.

    Raises:
        InvalidInputError: it proves nothing, or not of this person, or answers a challenge a second time.
    """
    credential_id, handle = ceremonies.read_id(credential)
    known = select(Passkey).where(Passkey.credential_id == credential_id).with_for_update()
    passkey = db.scalar(known.execution_options(populate_existing=True))
    if passkey is None or user_id not in (None, passkey.user_id) or handle not in (None, passkey.user_id.bytes):
        raise InvalidInputError(_UNKNOWN, field="credential")
    verified = ceremonies.read_answer(site, challenge, credential, passkey)
    challenges.spend(db, challenge, now=now)
    passkey.sign_count, passkey.is_synced = verified.new_sign_count, verified.credential_backed_up
    passkey.last_used_at = now
    db.flush()
    return passkey


def remove(db: DbSession, passkey_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Let nobody sign in with it any more.

    Raises:
        ForbiddenError: nobody does this for somebody else.
        NotFoundError: the person has no such passkey.
        ConflictError: the person's role must have a second factor, and this is the only one.
    """
    require(actor, Permission.KEEP_SECOND_FACTORS, owner_id=actor.id)
    one = delete(Passkey).where(Passkey.id == passkey_id, Passkey.user_id == actor.id)
    removed = db.execute(one.returning(Passkey.user_id, Passkey.name)).one_or_none()
    if removed is None:
        raise NotFoundError("There is no such passkey.")
    standing.require_spare(db, removed.user_id, now=now)
    audit.record(db, actor, "user:remove_passkey", removed.user_id, before={"name": removed.name})


def _check_room(db: DbSession, actor: Actor) -> None:
    db.execute(select(User.id).where(User.id == actor.id).with_for_update())
    number = db.scalar(select(func.count()).select_from(Passkey).where(Passkey.user_id == actor.id)) or 0
    if number >= LIMIT:
        raise ConflictError(f"{LIMIT} passkeys are the most that one account has. Remove one first.")
