"""Recovery codes: ten, shown once, each good for one sign-in without the second factor."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update

from models import RecoveryCode, TypedFactor, User
from services import audit
from services.database import DbSession
from services.errors import ConflictError
from services.permissions import Actor, Permission, require
from services.second_factors import tries

NUMBER = 10
"""Codes in a set."""
LENGTH = 25
"""Letters of a code, with 5 random bits each: 125, so that its digest needs to be neither slow nor salted (ASVS 5.0,
6.5.2: from 112 bits on). Those of before, with 80, are good until the person makes others."""
GROUP = 5
"""Letters that stand together."""
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
"""Without l, o, 0 and 1, which are taken for one another."""
_SEPARATORS = re.compile(r"[\s-]+")


def renew(db: DbSession, user_id: UUID) -> Sequence[str]:
    """A new set of codes, in groups of five letters; those before it are good for nothing from now on."""
    forget(db, user_id)
    codes = [_new_code() for _ in range(NUMBER)]
    db.execute(insert(RecoveryCode), [{"digest": digest(user_id, code), "user_id": user_id} for code in codes])
    return codes


def renew_own(db: DbSession, *, actor: Actor) -> Sequence[str]:
    """A new set for the person who asks, to be shown now and never again.

    Raises:
        ForbiddenError: nobody does this for somebody else.
        ConflictError: there is no second factor that they could stand for.
    """
    require(actor, Permission.KEEP_SECOND_FACTORS, owner_id=actor.id)
    user_id = db.scalar(select(User.id).where(User.id == actor.id, User.second_factor_since.is_not(None)))
    if user_id is None:
        raise ConflictError("Set up an authenticator app or a passkey first; recovery codes stand in for it.")
    codes = renew(db, user_id)
    audit.record(db, actor, "user:renew_recovery_codes", user_id)
    return codes


def forget(db: DbSession, user_id: UUID) -> None:
    """There is nothing left to recover."""
    db.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def spend(db: DbSession, user_id: UUID, code: str, *, now: datetime) -> bool:
    """Whether it is one of the person's codes and not used yet; from now on it is. Right or wrong, it counts as a try.

    Raises:
        TooManyTriesError: nothing may be tried just now.
    """
    tries.count(db, user_id, TypedFactor.RECOVERY_CODE, now=now)
    spent = db.scalar(
        update(RecoveryCode)
        .where(RecoveryCode.digest == digest(user_id, code), RecoveryCode.used_at.is_(None))
        .values(used_at=now)
        .returning(RecoveryCode.digest)
    )
    if spent is not None:
        tries.forget(db, user_id, TypedFactor.RECOVERY_CODE)
    return spent is not None


def left(db: DbSession, user_id: UUID) -> int:
    """How many of the person's codes are unused."""
    unused = (RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def digest(user_id: UUID, code: str) -> bytes:
    """What is kept of a code, however its letters were typed."""
    letters = _SEPARATORS.sub("", code).lower()
    return hashlib.sha256(user_id.bytes + letters.encode("utf-8", "surrogatepass")).digest()


def _new_code() -> str:
    letters = "".join(secrets.choice(_LETTERS) for _ in range(LENGTH))
    return "-".join(letters[start : start + GROUP] for start in range(0, LENGTH, GROUP))
