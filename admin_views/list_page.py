"""The page of a list: what the address asks for, the rows, and the ways on."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, NoReturn

from flask import abort, flash, g, redirect
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from admin_views import cursors
from admin_views.cursors import Cursor, UnfitCursorError
from admin_views.list_arguments import ListArguments, complain_by_the_list
from admin_views.list_order import Asked
from admin_views.list_places import ListPlace, Rows
from extensions import db_session
from services.listing.counts import Count
from services.listing.keyset import JUMP_LIMIT
from services.patience import is_given_up

PATIENCE_MS = 10_000
"""Milliseconds after which the reading of a list is given up."""
UNFIT = "This link’s place in the list is of another order, or was changed; this is the first page."
_PATIENCE = text("SELECT set_config('statement_timeout', :patience, true)")


@dataclass(frozen=True)
class Pager:
    """The ways through a list."""

    first: str | None
    """Addresses; None where one is there already, or there is no way."""
    previous: str | None
    next: str | None
    last: str | None
    range: str
    """Which rows these are, in words."""
    of: Count | None
    """How many there are, where that is to be said beside it."""


class ListPage:
    """Mixed into a model view: its list."""

    page_size: int
    list_template: str

    @expose("/")
    def index_view(self) -> ResponseReturnValue:
        """The list, one page of it."""
        arguments = self._get_list_extra_args()
        given = self.given_order(arguments, complain_by_the_list)
        order, arguments = given or self.remembered_order(), arguments.ordered(_named(given))
        page_size = self.get_safe_page_size(arguments.page_size)
        place = self._asked_place(arguments, order, page_size)
        data = self._listed(arguments, place, page_size)
        return self.render(self.list_template, **self._context(arguments, order, page_size, data))

    def _asked_place(self, arguments: ListArguments, order: Sequence[Asked], page_size: int) -> ListPlace:
        exactly = arguments.extra_args.get("count") == "exact"
        if cursor := self._asked_cursor(arguments, order):
            return ListPlace(order, cursor, counts_exactly=exactly)
        furthest = JUMP_LIMIT // (page_size or JUMP_LIMIT)
        return ListPlace(order, page=min(arguments.page or 0, furthest), counts_exactly=exactly)

    def _asked_cursor(self, arguments: ListArguments, order: Sequence[Asked]) -> Cursor | None:
        asked = arguments.extra_args.get("cursor")
        if not asked:
            return None
        try:
            return cursors.read(asked, view=self.endpoint, order=self._order_of_cursors(order))
        except UnfitCursorError:
            flash(UNFIT, "error")
            return None

    def _listed(self, arguments: ListArguments, place: ListPlace, page_size: int) -> Sequence[Any]:
        """The page's rows; none, and a word of it, where they can't be had in time."""
        g.list_place, g.list_rows, g.list_count = place, None, None
        first = place.order[0] if place.order else None
        if arguments.search or arguments.filters or place.page:  # all else is led by an index, and never slow
            db_session().execute(_PATIENCE, {"patience": str(PATIENCE_MS)})
        try:
            count, data = self.get_list(
                arguments.page,
                first and first.name,
                bool(first and first.descending),
                arguments.search,
                arguments.filters,
                page_size=page_size,
            )
        except OperationalError as error:
            if not is_given_up(error):
                raise
            db_session().rollback()
            g.list_too_slow = True
            return []
        if g.list_count is None and count is not None:
            g.list_count = Count(count)
        if place.page and place.cursor is None:
            self._check_number(arguments, place.page, page_size, is_empty=not data)
        return data

    def _check_number(self, arguments: ListArguments, page: int, page_size: int, *, is_empty: bool) -> None:
        """Send a person who asks for a page beyond the end, or too far to jump to, to the nearest one, and say so."""
        if is_empty:
            count = g.list_count.exact if g.list_count else None
            last = max(ceil((count or 0) / page_size), 1) - 1
            nearest = self._url(arguments, cursor=cursors.LAST) if count is None else self._page_url(arguments, last)
            words = "the last one" if count is None else f"the last, page {last + 1:,}"
            _turn_back(nearest, f"There is no page {arguments.page + 1:,}; this is {words}.")
        elif page < arguments.page:
            why = f"Page {arguments.page + 1:,} is too far to be jumped to by its number; this is page {page + 1:,}."
            _turn_back(self._page_url(arguments, page), why)

    def _page_url(self, arguments: ListArguments, page: int) -> str:
        return self._get_list_url(arguments.clone(page=page))

    def _context(
        self, arguments: ListArguments, order: Sequence[Asked], page_size: int, data: Sequence[Any]
    ) -> dict[str, Any]:
        """What the template is told: under Flask-Admin's names, and beside them what is the console's own."""
        count = g.pop("list_count", None)
        return {
            **self._acts(data),
            "data": data,
            "list_columns": self.shown_columns(arguments),
            "sortable_columns": self._sortable_columns,
            "count": count and count.exact,
            "row_count": count,
            "order": {one.name: one for one in order or self._usual_order()},
            "is_ordered": bool(order),
            "order_url": lambda *asked: self._url(arguments.clone(page=0), order=_named(asked)),
            "pager": self._pager(arguments, order, page_size, count),
            **self._in_numbers(arguments, order, page_size, count),
            "can_set_page_size": self.can_set_page_size,
            "page_size_url": lambda size: self._get_list_url(arguments.clone(page_size=size or self.page_size, page=0)),
            "page": arguments.page,
            "page_size": page_size,
            "default_page_size": self.page_size,
            "search_supported": self._search_supported,
            "clear_search_url": self._get_list_url(arguments.clone(page=0, search=None, filters=None)),
            "search": arguments.search,
            "search_placeholder": self.search_placeholder(),
            "filters": self._filters,
            "filter_groups": self._get_filter_groups(),
            "active_filters": arguments.filters,
            "filter_args": self._get_filters(arguments.filters),
            "enumerate": enumerate,
            "get_pk_value": self.get_pk_value,
            "get_value": self.get_list_value,
            "return_url": self._get_list_url(arguments),
            "extra_args": arguments.extra_args,
        }

    def _acts(self, data: Sequence[Any]) -> dict[str, Any]:
        """What can be done to the rows, and the forms that it takes."""
        actions, confirmations = self.get_actions_list()
        editable = self.column_editable_list
        return {
            "actions": actions,
            "actions_confirmation": confirmations,
            "action_form": self.action_form() if actions else None,
            "delete_form": self.delete_form() if self.can_delete else None,
            "editable_columns": editable,
            "list_forms": {self.get_pk_value(row): self.list_form(obj=row) for row in data} if editable else {},
            "list_row_actions": self.get_list_row_actions(),
        }

    def _in_numbers(
        self, arguments: ListArguments, order: Sequence[Asked], page_size: int, count: Count | None
    ) -> dict[str, Any]:
        """Pages and columns by their numbers, for templates that extend Flask-Admin's list."""
        names = [name for name, _ in self._list_columns]
        here = names.index(order[0].name) if order and order[0].name in names else None

        def sort_url(column: int, invert: bool = False, desc: Any = None) -> str:
            descending = bool(desc or (invert and not (order and order[0].descending)))
            return self._url(arguments.clone(page=0), order=str(Asked(names[column], descending)))

        return {
            "sort_column": here,
            "sort_desc": int(bool(order and order[0].descending)),
            "sort_url": sort_url,
            "pager_url": lambda page: self._page_url(arguments, page or 0),
            "num_pages": ceil(count.exact / page_size) if count and count.exact is not None and page_size else None,
        }

    def _usual_order(self) -> Sequence[Asked]:
        """The columns by which the list is ordered when nobody asks, as far as they have names."""
        fields = [(getattr(field, "key", None), path, down) for field, path, down in self._get_default_order()]
        return [Asked(name, bool(down)) for name, path, down in fields if not path and name in self._sortable_columns]

    def _pager(
        self, arguments: ListArguments, order: Sequence[Asked], page_size: int, count: Count | None
    ) -> Pager | None:
        rows: Rows | None = g.pop("list_rows", None)
        if rows is None:
            return None
        start = arguments.clone(page=0)
        number = rows.number
        if number is None and count and count.exact is not None and rows.after is None:
            number = count.exact - len(rows.rows)
        return Pager(
            first=self._get_list_url(start) if rows.before else None,
            previous=self._place_url(arguments, order, rows.before, number, -page_size),
            next=self._place_url(arguments, order, rows.after, number, page_size),
            last=self._url(start, cursor=cursors.LAST) if rows.after else None,
            range=_range(number, len(rows.rows)),
            of=count if rows.rows else None,
        )

    def _place_url(
        self, arguments: ListArguments, order: Sequence[Asked], cursor: Cursor | None, number: int | None, step: int
    ) -> str | None:
        """Where another page is; a number stands for a place that can't be told, as far as it may."""
        if cursor is None:
            return None
        if written := cursors.written(cursor, view=self.endpoint, order=self._order_of_cursors(order)):
            return self._url(arguments.clone(page=0), cursor=written)
        if number is None or not step or not 0 <= number + step <= JUMP_LIMIT:
            return None
        return self._page_url(arguments, (number + step) // abs(step))

    def _order_of_cursors(self, order: Sequence[Asked]) -> str:
        """What a place in the list is one of: that of who sees all columns is none of who sees but some of them."""
        return _named(order) + ("~" if any(self.is_partly_open(one.name) for one in order) else "")

    def _url(self, arguments: ListArguments, **extra: str) -> str:
        """The list's address with more of our own arguments; an empty one is left out."""
        own = {name: value for name, value in (arguments.extra_args | extra).items() if value}
        changed = arguments.clone()
        changed.extra_args = own
        return self._get_list_url(changed)


def _turn_back(to: str, why: str) -> NoReturn:
    flash(why, "error")
    abort(redirect(to))


def _named(order: Sequence[Asked]) -> str:
    return ",".join(map(str, order))


def _range(number: int | None, rows: int) -> str:
    if not rows:
        return ""
    return f"{rows:,} rows" if number is None else f"{number + 1:,}–{number + rows:,}"
