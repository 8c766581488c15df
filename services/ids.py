"""Ids as they arrive from outside."""

import re
from uuid import UUID

from services.errors import InvalidInputError

SHORTEST = 4
"""Digits of an id's beginning at least; a shorter one is the beginning of too many."""

_BEGINNING = re.compile(r"[0-9a-f]{1,8}(-[0-9a-f]{0,4}){0,3}(-[0-9a-f]{0,12})?|[0-9a-f]{1,32}")


def parse_id(text: str, *, field: str = "id") -> UUID:
    """The id that a URL, a form or a program holds.

    Raises:
        InvalidInputError: it is no id.
    """
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInputError(f"“{text[:60]}” is not an id.", field=field) from None


def id_range(beginning: str) -> tuple[UUID, UUID] | None:
    """The first and the last id that begin so, in lower case; None where it is the beginning of none, or too short."""
    digits = beginning.replace("-", "")
    if not _BEGINNING.fullmatch(beginning) or not SHORTEST <= len(digits) <= 32:
        return None
    return UUID(digits.ljust(32, "0")), UUID(digits.ljust(32, "f"))
