"""Text that people and networks send: what may be stored, and how much of it."""

import re

from services.errors import InvalidInputError

SHORT = 200
LONG = 20_000
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def clean(value: str | None, *, field: str, limit: int, required: bool = False) -> str | None:
    """The text, trimmed; None where it is empty.

    Raises:
        InvalidInputError: it is missing though required, too long, or holds a NUL or a lone surrogate.
    """
    text = (value or "").strip()
    if not text:
        if required:
            raise InvalidInputError("This is needed.", field=field)
        return None
    if len(text) > limit:
        raise InvalidInputError(f"This has {len(text):,} characters; at most {limit:,} fit.", field=field)
    if not is_storable(text):
        raise InvalidInputError("This holds a character that can't be stored.", field=field)
    return text


def is_storable(text: str) -> bool:
    """Whether PostgreSQL can hold the text: it refuses NUL, and UTF-8 has no lone surrogates."""
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def unturned(text: str) -> str:
    """The text without characters that turn the direction of what follows: in a sentence, that is its rest."""
    return _TURNS.sub("", text)
