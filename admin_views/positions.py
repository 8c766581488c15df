"""Which records an address asks for: those of a status, from behind the one that it names or whose position it has."""

from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from flask import request

from services.errors import InvalidInputError
from services.ids import parse_id

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


def asked_after() -> UUID | None:
    """The record behind which a page begins; None for the first page.

    Raises:
        InvalidInputError: the address names no id.
    """
    given = request.args.get("after")
    return parse_id(given, field="after") if given else None


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
