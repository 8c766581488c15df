"""Where in a list a page begins: a cursor, or, in old links, a number."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from admin_views.cursors import Cursor
from admin_views.list_order import Asked
from services.listing.keyset import Page, backward, forward
from services.listing.terms import Order


@dataclass(frozen=True)
class Rows:
    """The rows of one page of a list, and the ways back and on from it."""

    rows: Sequence[Any]
    number: int | None
    """How many rows come before them, where that is known."""
    before: Cursor | None
    """Where the page before ends; None where there is none."""
    after: Cursor | None
    """Where the next page begins; None where there is none."""


@dataclass(frozen=True)
class ListPlace:
    """Which page of a list the request asks for."""

    order: Sequence[Asked] = ()
    """By what the list is ordered; its usual order where nothing is named."""
    cursor: Cursor | None = None
    page: int = 0
    """Which page, where no cursor says; at most JUMP_LIMIT rows come before it."""
    counts_exactly: bool = False

    @classmethod
    def numbered(cls, page: int | None, sort_column: Any, sort_desc: bool) -> "ListPlace":
        """As Flask-Admin's own code asks for a page."""
        return cls([Asked(str(sort_column), bool(sort_desc))] if sort_column else [], page=page or 0)

    def rows(self, query: Any, order: Order, *, limit: int) -> Rows:
        """Read the page.

        Args:
            query: of all rows of the list, in no order.
            limit: rows of a page.
        """
        cursor = self.cursor
        if cursor is None or (cursor.place is not None and len(cursor.place) != len(order)):
            return self._numbered(query, order, limit)
        return _before(query, order, limit, cursor) if cursor.is_backward else _after(query, order, limit, cursor)

    def _numbered(self, query: Any, order: Order, limit: int) -> Rows:
        skip = self.page * limit
        page = forward(query, order, limit=limit, skip=skip)
        return _rows(page, skip, comes_after=skip > 0, goes_on=page.has_more)


def _after(query: Any, order: Order, limit: int, cursor: Cursor) -> Rows:
    page = forward(query, order, limit=limit, place=cursor.place)
    if not page.rows:  # what followed is gone by now, so this is the end
        return _before(query, order, limit, Cursor(None, is_backward=True, number=None))
    return _rows(page, cursor.number, comes_after=True, goes_on=page.has_more)


def _before(query: Any, order: Order, limit: int, cursor: Cursor) -> Rows:
    page = backward(query, order, limit=limit, place=cursor.place)
    if not page.has_more:  # it begins where the list does, so that it is the first page, and a full one
        page = forward(query, order, limit=limit)
        return _rows(page, 0, comes_after=False, goes_on=page.has_more)
    number = None if cursor.number is None else max(cursor.number - len(page.rows), 0)
    return _rows(page, number, comes_after=True, goes_on=cursor.place is not None)


def _rows(page: Page, number: int | None, *, comes_after: bool, goes_on: bool) -> Rows:
    following = None if number is None else number + len(page.rows)
    return Rows(
        rows=page.rows,
        number=number,
        before=Cursor(page.first, is_backward=True, number=number) if comes_after and page.first else None,
        after=Cursor(page.last, is_backward=False, number=following) if goes_on and page.last else None,
    )
