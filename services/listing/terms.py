"""What a list is ordered by: columns that may lack a value, parted at last by the key."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Term:
    """One column of an order."""

    column: Any
    """An SQL expression: of the listed table, or of one that is joined for it."""
    descending: bool = False
    may_lack: bool = False
    """Whether there may be rows without a value: they come last, whichever the direction."""
    is_joined: bool = False
    """Whether it is another table's: only where rows without it are left out can that table's index give the order."""
    members: tuple[Any, ...] = ()
    """All values that there are, ascending, where those are few: rows are read value by value then."""
    lacking_first: bool = False
    """Whether rows without a value come first after all: so it is for whoever walks backwards."""

    def turned(self) -> "Term":
        """The same the other way round."""
        return replace(self, descending=not self.descending, lacking_first=not self.lacking_first)

    @property
    def values(self) -> tuple[Any, ...]:
        """The members in the order in which they come."""
        return tuple(reversed(self.members)) if self.descending else self.members


Order = tuple[Term, ...]
"""A total order of a table's rows: it ends with the primary key."""


def turned(order: Order) -> Order:
    """The order of whoever walks backwards."""
    return tuple(term.turned() for term in order)


def with_key(terms: Sequence[Term], key: Sequence[Any]) -> Order:
    """The order by these terms; the key goes in the direction of the last of them, so that one index can serve both."""
    descending = terms[-1].descending if terms else False
    return (*terms, *(Term(column, descending) for column in key))
