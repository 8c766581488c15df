"""Where a page of items begins: behind the one at a position, which the address names."""

from flask import request

from services.errors import InvalidInputError

DIGITS = 9
"""Digits of a position, or of a count; nothing here has a billion items."""


def asked_position() -> int:
    """
    Raises:
        InvalidInputError: the address names no position.
    """
    given = request.args.get("cursor") or "0"
    if (number := small_number(given)) is None:
        raise InvalidInputError("The cursor is where an earlier page ended.", field="cursor")
    return number


def small_number(text: str) -> int | None:
    """The whole number that a text holds, where it is one of at most nine digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else None
