"""Ids as they arrive from outside."""

from uuid import UUID

from services.errors import InvalidInputError


def parse_id(text: str, *, field: str = "id") -> UUID:
    """The id that a URL, a form or a program holds.

    Raises:
        InvalidInputError: it is no id.
    """
    try:
        return UUID(text)
    except ValueError:
        raise InvalidInputError(f"“{text[:60]}” is not an id.", field=field) from None
