"""Reading a list page by page: from where the last page ended, never by counting rows that are passed over."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Query

from services.listing.sections import Section, after, whole
from services.listing.terms import Order, turned

JUMP_LIMIT = 10_000
"""Rows that may be passed over to jump to a page by its number."""


@dataclass(frozen=True)
class Page:
    """Some rows of a list, and where they stand in its order."""

    rows: Sequence[Any]
    first: Sequence[Any] | None
    """The place of the first row: the values by which it is ordered; None where there are no rows."""
    last: Sequence[Any] | None
    """The place of the last one."""
    has_more: bool
    """Whether there are rows beyond it, in the direction in which it was read."""


def forward(query: Query[Any], order: Order, *, limit: int, place: Sequence[Any] | None = None, skip: int = 0) -> Page:
    """The rows that follow a place, or the first ones.

    Args:
        query: of one entity, without an order; what `order` names must be joined.
        limit: rows of a page.
        skip: how many rows to pass over, at most JUMP_LIMIT.
    """
    read, more = _read(query, _sections(order, place), order, limit, skip)
    return _page(read, more)


def backward(query: Query[Any], order: Order, *, limit: int, place: Sequence[Any] | None = None) -> Page:
    """The rows before a place, or the last ones, in the same order as always."""
    read, more = _read(query, _sections(turned(order), place), order, limit, 0)
    return _page(read[::-1], more)


def _sections(order: Order, place: Sequence[Any] | None) -> Iterator[Section]:
    return whole(order) if place is None else after(order, place)


def _read(
    query: Query[Any], sections: Iterable[Section], order: Order, limit: int, skip: int
) -> tuple[list[Any], bool]:
    """Rows with their places, and whether there is one more; sections beyond what is needed are not asked for."""
    columns = [term.column.label(f"place_{number}") for number, term in enumerate(order)]
    read: list[Any] = []
    for section in sections:
        part = query.filter(*section.conditions).order_by(*section.order_by())
        wanted = limit + 1 - len(read)
        found = part.add_columns(*columns).offset(skip or None).limit(wanted).all()
        if skip and not found:
            skip -= _count(part, skip)
        elif found:
            skip = 0
        read += found
        if len(read) > limit:
            break
    return read[:limit], len(read) > limit


def _count(part: Query[Any], most: int) -> int:
    """How many rows a part has, counted no further than needed."""
    few = part.order_by(None).enable_eagerloads(False).limit(most).subquery()
    return part.session.query(func.count()).select_from(few).scalar() or 0


def _page(read: Sequence[Any], more: bool) -> Page:
    places = [tuple(values) for _, *values in chain(read[:1], read[-1:])]
    return Page(
        rows=[row for row, *_ in read],
        first=places[0] if places else None,
        last=places[-1] if places else None,
        has_more=more,
    )
