"""Places in a list as addresses hold them: opaque, signed, and of one order only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from itsdangerous import BadData, URLSafeSerializer

from people.signing import signer
from services.stored_times import EARLIEST, LATEST

LAST = "last"
"""The cursor of a list's end, which no row's place stands for."""
LONGEST = 8_000
"""Characters of a cursor; a longer one is none of ours."""
TEXT_LIMIT = 1_000
"""Characters of a text in a cursor: rows that are alike so far have no place of their own."""

_WRITTEN: Sequence[tuple[type, str, Callable[[Any], Any]]] = (
    (datetime, "t", datetime.isoformat),
    (date, "d", date.isoformat),
    (time, "h", time.isoformat),
    (timedelta, "i", lambda value: [value.days, value.seconds, value.microseconds]),
    (UUID, "u", str),
    (Decimal, "n", str),
)
_READ: dict[str, Callable[[Any], Any]] = {
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "h": time.fromisoformat,
    "i": lambda parts: timedelta(*parts),
    "u": UUID,
    "n": Decimal,
}


@dataclass(frozen=True)
class Cursor:
    """From which row on a list is read, and in which direction."""

    place: tuple[Any, ...] | None
    """The values by which that row is ordered; None for the end of the list."""
    is_backward: bool
    number: int | None
    """How many rows come before the page, where that is known."""


class UnfitCursorError(Exception):
    """The cursor is no longer, or never was, one of this list in this order."""


def written(cursor: Cursor, *, view: str, order: str) -> str | None:
    """The cursor as text; None where a row's place can't be told in an address."""
    if cursor.place is None:
        return LAST
    if not all(map(_can_be_told, cursor.place)):
        return None
    values = [_plain(value) for value in cursor.place]
    return str(_signer(view).dumps([order, int(cursor.is_backward), cursor.number, values]))


def read(text: str, *, view: str, order: str) -> Cursor:
    """
    Raises:
        UnfitCursorError: it was made for another list or order, or not by the console.
    """
    if text == LAST:
        return Cursor(None, is_backward=True, number=None)
    if len(text) > LONGEST:
        raise UnfitCursorError
    try:
        of_order, backward, number, values = _signer(view).loads(text)
        place = tuple(_value(value) for value in values)
    except (BadData, ValueError, TypeError, KeyError, ArithmeticError) as error:
        raise UnfitCursorError from error
    if of_order != order:
        raise UnfitCursorError
    return Cursor(place, bool(backward), number)


def _can_be_told(value: Any) -> bool:
    """Whether a value stands for itself alone: not one that is cut, nor a time for which another stands."""
    if isinstance(value, str):
        return len(value) <= TEXT_LIMIT
    return value not in (EARLIEST, LATEST) if isinstance(value, datetime) and value.tzinfo else True


def _signer(view: str) -> URLSafeSerializer:
    return signer(f"console cursor {view}")


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    for kind, tag, write in _WRITTEN:
        if isinstance(value, kind):
            return {tag: write(value)}
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _value(plain: Any) -> Any:
    if isinstance(plain, dict):
        [(tag, written_value)] = plain.items()
        return _READ[tag](written_value)
    return plain
