"""Which items an address asks for: those of a status, from behind the one at a position."""

from enum import StrEnum
from typing import TypeVar

from flask import request

from services.errors import InvalidInputError

DIGITS = 9
"""Digits of a position, or of a count; nothing here has a billion items."""


Status = TypeVar("Status", bound=StrEnum)


def asked_status(statuses: type[Status]) -> Status | None:
    """
    Raises:
        InvalidInputError: the address names no such status.
    """
    given = request.args.get("status")
    try:
        return statuses(given) if given else None
    except ValueError:
        raise InvalidInputError(f"A status is one of {', '.join(statuses)}.", field="status") from None


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
