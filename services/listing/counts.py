"""How many rows a list has, and how well that is known."""

from dataclasses import dataclass
from enum import StrEnum


class Certainty(StrEnum):
    """How a count is to be read."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    ABOUT = "about"


@dataclass(frozen=True)
class Count:
    """How many rows a list has."""

    number: int
    certainty: Certainty = Certainty.EXACT

    @property
    def exact(self) -> int | None:
        """The number, where it is no guess."""
        return self.number if self.certainty is Certainty.EXACT else None

    def __str__(self) -> str:
        match self.certainty:
            case Certainty.EXACT:
                return f"{self.number:,}"
            case Certainty.AT_LEAST:
                return f"{self.number:,}+"
            case Certainty.ABOUT:
                return f"≈ {self.number:,}"
