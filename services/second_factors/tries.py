"""How often a second factor may be typed: five tries at once, then ever longer waits, until one is right.

Whoever tries has given the password already, so that no stranger can shut a person out. 1,000,000 codes, of which three
hold at a time, stand against one try an hour in the long run: a day of guessing succeeds with a chance of 1 in 10,000.
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from models import SecondFactorTries, TypedFactor
from services.database import DbSession
from services.errors import ConflictError

AT_ONCE = 5
"""Tries before the first wait."""
FIRST_WAIT = timedelta(minutes=1)
"""After the fifth try; each one more doubles it."""
LONGEST_WAIT = timedelta(hours=1)
FORGOTTEN_AFTER = timedelta(days=1)
"""Without any try; the next one then is the first again."""


class TooManyTriesError(ConflictError):
    """Nothing may be tried just now."""


def count(db: DbSession, user_id: UUID, factor: TypedFactor, *, now: datetime) -> None:
    """Count a try before it is made, so that many at once are many; `forget` them once one was right.

    Raises:
        TooManyTriesError: the wait is not over.
    """
    tries = SecondFactorTries
    goes_on = case((tries.tried_at < now - FORGOTTEN_AFTER, 1), else_=tries.tries + 1)
    counted = db.scalar(
        insert(tries)
        .values(user_id=user_id, factor=factor, tries=1, tried_at=now, next_try_at=now)
        .on_conflict_do_update(
            index_elements=[tries.user_id, tries.factor],
            set_={"tries": goes_on, "tried_at": now, "next_try_at": literal(now) + _wait(goes_on)},
            where=tries.next_try_at <= now,
        )
        .returning(tries.tries)
    )
    if counted is None:
        raise TooManyTriesError(_wait_words(db, user_id, factor, now))


def forget(db: DbSession, user_id: UUID, factor: TypedFactor | None = None) -> None:
    """The last try was right; or, without a factor, nothing is left to try at."""
    of_person = delete(SecondFactorTries).where(SecondFactorTries.user_id == user_id)
    db.execute(of_person if factor is None else of_person.where(SecondFactorTries.factor == factor))


def wait_after(tries: int) -> timedelta:
    """How long nothing may be tried after so many tries."""
    return timedelta(0) if tries < AT_ONCE else min(FIRST_WAIT * 2 ** (tries - AT_ONCE), LONGEST_WAIT)


def _wait(tries: ColumnElement[int]) -> ColumnElement[timedelta]:
    """`wait_after` in SQL."""
    doublings = int(LONGEST_WAIT / FIRST_WAIT).bit_length()
    waits = {number: wait_after(number) for number in range(AT_ONCE, AT_ONCE + doublings)}
    steps = [(tries == number, literal(wait)) for number, wait in waits.items()]
    return case((tries < AT_ONCE, literal(timedelta(0))), *steps, else_=literal(LONGEST_WAIT))


def _wait_words(db: DbSession, user_id: UUID, factor: TypedFactor, now: datetime) -> str:
    of_factor = (SecondFactorTries.user_id == user_id, SecondFactorTries.factor == factor)
    until = db.scalar(select(func.max(SecondFactorTries.next_try_at)).where(*of_factor)) or now
    minutes = max(1, -(-(until - now) // timedelta(minutes=1)))
    return f"Too many tries. Wait {minutes} minute{'' if minutes == 1 else 's'}, then try again."
