"""Budgets of tries at passwords, so that guessing is slow and nobody can lock somebody else out.

Each try costs the account that it is for and the address that it comes from; when a budget is used up, both wait,
longer each time. A device in which the person signed in before has a budget of its own instead, so that whoever guesses
at an account from elsewhere closes it to strangers, and never to its owner (the device cookies of OWASP's
Authentication Cheat Sheet). A try is taken before the password is looked at, so that tries at once are counted one by
one, and is given back where the password was right.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network

from sqlalchemy import delete, select, text, update

from models import SignInBudget
from services.database import DbSession
from services.errors import ServiceError

FIRST_WAIT = timedelta(seconds=30)
"""After the last free try; each further one doubles it."""
FORGOTTEN_AFTER = timedelta(hours=24)
"""How long after its last try a budget is whole again."""


class TooManyTriesError(ServiceError):
    """A budget is used up for a while; nothing was tried."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"That was tried too often. Wait {_words(wait)}, then try again.")
        self.wait = wait


@dataclass(frozen=True)
class Budget:
    """What one account, device or address may try."""

    key: str
    free: int
    """Tries in a row before waits begin; two at least."""
    longest: timedelta
    """The longest wait."""
    is_shared: bool = False
    """Whether others use it too, so that one right password does not make it whole again."""


def of_account(name: str) -> Budget:
    """Tries at an account, whether there is one or not, from devices that it does not know."""
    return Budget(_digest("account", name), free=5, longest=timedelta(hours=1))


def of_device(device: str, name: str) -> Budget:
    """Tries at an account from a device in which somebody signed in to it before."""
    return Budget(_digest("device", device, name), free=10, longest=timedelta(minutes=15))


def of_person(name: str) -> Budget:
    """Tries at the password of who is signed in already, as forms ask for it once more."""
    return Budget(_digest("person", name), free=10, longest=timedelta(minutes=15))


def of_mail(name: str) -> Budget:
    """Mails to one address that anybody can ask for."""
    return Budget(_digest("mail", name), free=3, longest=timedelta(hours=1))


def of_address(origin: str) -> Budget:
    """Tries from an address, at whatever accounts; of IPv6 from a network of 64 bits, which one household has."""
    return Budget(_digest("address", _network(origin)), free=20, longest=timedelta(minutes=15), is_shared=True)


_TAKE = text(
    """
    INSERT INTO sign_in_budgets AS budget (key, tries, tried_at, closed_until)
    VALUES (:key, 1, :now, :now)
    ON CONFLICT (key) DO UPDATE SET
        tries = CASE WHEN budget.tried_at < :forgotten THEN 1 ELSE budget.tries + 1 END,
        tried_at = :now,
        closed_until = CAST(:now AS timestamptz) + make_interval(secs => CASE
            WHEN budget.tried_at < :forgotten OR budget.tries + 1 < :free THEN 0
            ELSE least(:longest, :first * power(2, least(budget.tries + 1 - :free, 20)))
        END)
    WHERE budget.closed_until <= :now
    RETURNING tries
    """
)


def take(db: DbSession, budgets: Sequence[Budget], *, now: datetime) -> None:
    """Take a try from each.

    Raises:
        TooManyTriesError: one of them is used up; the caller rolls back, so that the others keep theirs.
    """
    for budget in sorted(budgets, key=lambda one: one.key):  # in one order, so that no two wait for each other
        values = {
            "key": budget.key,
            "free": budget.free,
            "first": FIRST_WAIT.total_seconds(),
            "longest": budget.longest.total_seconds(),
            "now": now,
            "forgotten": now - FORGOTTEN_AFTER,
        }
        if db.execute(_TAKE, values).one_or_none() is None:
            raise TooManyTriesError(_wait(db, budgets, now))


def _wait(db: DbSession, budgets: Sequence[Budget], now: datetime) -> timedelta:
    """Until all of them are open, at least a second."""
    keys = [budget.key for budget in budgets]
    closed = db.scalars(select(SignInBudget.closed_until).where(SignInBudget.key.in_(keys))).all()
    return max(timedelta(seconds=1), max(closed, default=now) - now)


def give_back(db: DbSession, budgets: Sequence[Budget], *, now: datetime) -> None:
    """The password was right: what is the person's own is whole again, and what is shared has that one try back."""
    own = [budget.key for budget in budgets if not budget.is_shared]
    shared = [budget.key for budget in budgets if budget.is_shared]
    db.execute(delete(SignInBudget).where(SignInBudget.key.in_(own)))
    given = {"tries": SignInBudget.tries - 1, "closed_until": now}
    db.execute(update(SignInBudget).where(SignInBudget.key.in_(shared), SignInBudget.tries > 0).values(given))


def forget_old(db: DbSession, *, now: datetime) -> None:
    """Delete those that are whole again."""
    db.execute(delete(SignInBudget).where(SignInBudget.tried_at < now - FORGOTTEN_AFTER))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def _network(origin: str) -> str:
    try:
        return str(ip_network(f"{origin}/64", strict=False)) if ":" in origin else origin
    except ValueError:
        return origin


def _words(wait: timedelta) -> str:
    seconds = int(wait.total_seconds()) + (wait.microseconds > 0)
    if seconds <= 90:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    return f"{-(-seconds // 60)} minutes"
