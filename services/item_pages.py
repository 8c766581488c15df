"""The items of a bulk job or a recovery, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class ItemPage(Generic[Item]):
    """Some items in their order."""

    items: Sequence[Item]
    next_cursor: int | None
    """The position behind which the next page begins; null where this is the last."""
