"""What a person looks for, as a value."""

from dataclasses import dataclass
from uuid import UUID

from services import text
from services.ids import id_range

LIMIT = text.SHORT
"""Characters that can be looked for."""
WORDS = 8
"""Words of it that count, the first ones."""
SHORTEST_WORD = 3
"""Characters of the longest word at least: the indexes of text know no shorter pieces."""


@dataclass(frozen=True)
class Asked:
    """What is looked for, one way or several."""

    words: tuple[str, ...]
    """All of them are in a record's text; empty where text is not looked for."""
    id_range: tuple[UUID, UUID] | None
    """The first and the last id that begin so; None where it is the beginning of none."""

    @property
    def whole_id(self) -> bool:
        """Whether it is one id, which no other record's text is."""
        return self.id_range is not None and self.id_range[0] == self.id_range[1]


def parse(given: str) -> Asked:
    """
    Raises:
        InvalidInputError: it is too long, or holds what can't be stored and so not be found.
    """
    cleaned = text.clean(given, field="q", limit=LIMIT) or ""
    ids = id_range(cleaned.lower())
    asked = Asked(tuple(cleaned.split()[:WORDS]), ids)
    is_long_enough = any(len(word) >= SHORTEST_WORD for word in asked.words)
    return Asked(asked.words if is_long_enough and not asked.whole_id else (), ids)
