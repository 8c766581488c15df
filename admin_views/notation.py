"""What a notation is: how the values of a type of column are written as text, and read back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Notation:
    """How values of one type are written and read."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]
    """The value of a text that is not empty; raises ValueError, in words for the person who wrote it."""
    example: str | None = None
    """Such a text, where a person could not guess it."""
    formats: tuple[str, ...] = ()
    """The forms of dates and times, as `strptime` knows them."""
