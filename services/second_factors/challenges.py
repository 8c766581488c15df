"""Challenges that passkeys answer: each names what it is for and is good for one answer, within five minutes.

They are sealed and travel with the browser, so that whoever asks for many fills no table; only those that were answered
rightly are kept, until they would have run out.
"""

import base64
import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from cryptography.fernet import MultiFernet
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from models import SpentChallenge
from services.database import DbSession
from services.errors import InvalidInputError
from services.second_factors import sealing

GOOD_FOR = timedelta(minutes=5)


class Purpose(StrEnum):
    """What the answer to a challenge does."""

    ADD = "add"
    SIGN_IN = "sign_in"
    SECOND_STEP = "second_step"
    CONFIRM = "confirm"


def seal(key: MultiFernet, challenge: bytes, purpose: Purpose, *, user_id: UUID | None, now: datetime) -> str:
    """The challenge as the browser takes it along.

    Args:
        user_id: who may answer; None where the answer is to say who it is.
    """
    content = {"challenge": base64.b64encode(challenge).decode(), "purpose": purpose, "of": str(user_id)}
    return sealing.write(key, content, now=now)


def unseal(key: MultiFernet, sealed: str, purpose: Purpose, *, user_id: UUID | None, now: datetime) -> bytes:
    """The challenge that the browser brought back.

    Raises:
        InvalidInputError: it is too old, or was for something or somebody else.
    """
    content = sealing.read(key, sealed, now=now, for_s=int(GOOD_FOR.total_seconds()))
    if content is None or (content.get("purpose"), content.get("of")) != (purpose, str(user_id)):
        raise InvalidInputError("That took too long. Try again.", field="state")
    return base64.b64decode(content["challenge"])


def spend(db: DbSession, challenge: bytes, *, now: datetime) -> None:
    """Take no further answer to it.

    Raises:
        InvalidInputError: it was answered already.
    """
    db.execute(delete(SpentChallenge).where(SpentChallenge.expires_at < now))
    spent = db.scalar(
        insert(SpentChallenge)
        .values(digest=hashlib.sha256(challenge).digest(), expires_at=now + 2 * GOOD_FOR)
        .on_conflict_do_nothing()
        .returning(SpentChallenge.digest)
    )
    if spent is None:
        raise InvalidInputError("This was sent already. Try again.", field="state")
