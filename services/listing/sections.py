"""The parts of an ordered table in which an index leads straight to the rows of a page.

Rows that follow others in an order of several columns are those that are alike in the first columns and follow in the
next. Asked for at once, with OR, no index finds them; asked for part by part, one does, and most often the first part
has all that a page needs. Rows without a value are a part of their own, since an index keeps them at one end only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, literal, tuple_

from services.listing.terms import Order, Term

Conditions = tuple[ColumnElement[bool], ...]


def ordered(order: Order) -> list[Any]:
    """What a statement for all rows at once orders by."""
    return [_ordered(term, is_known=False) for term in order]


@dataclass(frozen=True)
class Section:
    """Some rows of a table, next to one another in its order."""

    conditions: Conditions
    order: Order
    """What still parts them: the columns in which they differ."""
    known: frozenset[int] = frozenset()
    """Which of these, by place, are known to have values here."""

    def within(self, *conditions: ColumnElement[bool]) -> "Section":
        return Section((*conditions, *self.conditions), self.order, self.known)

    def order_by(self) -> list[Any]:
        return [_ordered(term, is_known=place in self.known) for place, term in enumerate(self.order)]


def whole(order: Order) -> Iterator[Section]:
    """All rows, part by part, in their order."""
    term, *rest = order
    if term.members:
        parts: list[Section] = [
            part.within(term.column == value) for value in term.values for part in whole(tuple(rest))
        ]
        yield from _with_lacking(term, tuple(rest), parts)
    elif term.may_lack:
        yield from _with_lacking(term, tuple(rest), [_having(order)])
    else:
        yield _having(order)


def after(order: Order, place: Sequence[Any]) -> Iterator[Section]:
    """The rows that follow a place, part by part, in their order.

    Args:
        place: for each term the value of the row that was read last; None where it lacks one.
    """
    term, value = order[0], place[0]
    if _go_alike(order, place):
        columns = tuple_(*(term.column for term in order))
        bound = tuple_(*(_literal(term, value) for term, value in zip(order, place, strict=True)))
        yield Section((columns < bound if term.descending else columns > bound,), order, _all(order))
        return
    yield from _alike(order, place)
    if value is None:
        if term.lacking_first:
            yield from _having_all(order)
        return
    yield from _beyond(order, value)
    if term.may_lack and not term.lacking_first:
        yield from _lacking(order)


def _alike(order: Order, place: Sequence[Any]) -> Iterator[Section]:
    """The rows that are alike in the first column and follow in the others."""
    term, value = order[0], place[0]
    if len(order) == 1:
        return
    same = term.column.is_(None) if value is None else term.column == _literal(term, value)
    for part in after(order[1:], place[1:]):
        yield part.within(same)


def _beyond(order: Order, value: Any) -> Iterator[Section]:
    """The rows that follow in the first column already."""
    term = order[0]
    if term.members:
        following = term.values[term.values.index(value) + 1 :] if value in term.values else ()
        for member in following:
            for part in whole(order[1:]):
                yield part.within(term.column == member)
        return
    bound = _literal(term, value)
    yield Section((term.column < bound if term.descending else term.column > bound,), order, frozenset({0}))


def _with_lacking(term: Term, rest: Order, having: Sequence[Section]) -> Iterator[Section]:
    lacking = list(_lacking((term, *rest))) if term.may_lack else []
    yield from (*lacking, *having) if term.lacking_first else (*having, *lacking)


def _lacking(order: Order) -> Iterator[Section]:
    for part in whole(order[1:]):
        yield part.within(order[0].column.is_(None))


def _having_all(order: Order) -> Iterator[Section]:
    """All rows with a value in the first column, where that may lack."""
    term, *rest = order
    if not term.members:
        yield _having(order)
        return
    for value in term.values:
        for part in whole(tuple(rest)):
            yield part.within(term.column == value)


def _having(order: Order) -> Section:
    term = order[0]
    conditions = (term.column.is_not(None),) if term.may_lack or term.is_joined else ()
    return Section(conditions, order, frozenset({0}))


def _go_alike(order: Order, place: Sequence[Any]) -> bool:
    """Whether one comparison of rows says all: nothing lacks, nothing is read value by value, all go one way."""
    return all(
        value is not None and not term.may_lack and not term.members and term.descending == order[0].descending
        for term, value in zip(order, place, strict=True)
    )


def _all(order: Order) -> frozenset[int]:
    return frozenset(range(len(order)))


def _literal(term: Term, value: Any) -> Any:
    return literal(value, type_=term.column.type)


def _ordered(term: Term, *, is_known: bool) -> Any:
    order = term.column.desc() if term.descending else term.column.asc()
    if is_known or not term.may_lack:
        return order
    return order.nulls_first() if term.lacking_first else order.nulls_last()
