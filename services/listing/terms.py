"""What a list is ordered by: columns that may lack a value, parted at last by the key."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Term:
    """One column of an order; rows without a value come last in whichever direction it goes."""

    column: Any
    """An SQL expression: of the listed table, or of one that is joined for it."""
    descending: bool
    nullable: bool
    inner: tuple[Any, ...] = ()
    """What to join where the row has a value: a target and its condition each, as `Query.join` takes them."""

    def turned(self) -> "Term":
        return replace(self, descending=not self.descending)


@dataclass(frozen=True)
class Order:
    """A total order of a table's rows."""

    terms: tuple[Term, ...]
    """As a person asked for it."""
    key: tuple[Term, ...]
    """The primary key, which parts rows that are alike."""

    @property
    def all_terms(self) -> tuple[Term, ...]:
        return self.terms + self.key


def order_of(terms: Sequence[Term], key: Sequence[Any]) -> Order:
    """The order by these terms; the key goes in the direction of the last of them, so that one index can serve both."""
    descending = terms[-1].descending if terms else False
    return Order(tuple(terms), tuple(Term(column, descending, nullable=False) for column in key))
