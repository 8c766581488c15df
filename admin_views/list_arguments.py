"""What a list's URL may ask for: every argument is checked, and what can't be used is said, never passed over."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_admin.model.base import ViewArgs

from admin_views.asked_filters import AskedFilters, Complain, complain_by_the_list
from admin_views.list_filters import OF_ONE_PAGE
from services import text
from services.errors import InvalidInputError

SEARCH_LIMIT = 200
"""Characters of a search."""
NAMED = 3
"""Unknown arguments that a complaint names."""
_FLASK_ADMINS = ("page", "page_size", "sort", "desc", "search")
_OURS = ("order", "cursor", "columns", "count", "view")
"""What its address may say besides: order, place, shown columns, whether to count all, and which saved view it is."""
_KNOWN = _FLASK_ADMINS + _OURS
_OF_EXPORTS = ("fields", "zone", "format", "later")
"""What the address of an export says besides."""


def refuse(message: str) -> None:
    """Answer with the complaint alone, where there is no list to stand by.

    Raises:
        InvalidInputError: always.
    """
    raise InvalidInputError(message)


class ListArguments(ViewArgs):
    """What a list's address says; `extra_args` holds the console's own arguments, as they were given."""

    def clone(self, **changes: Any) -> "ListArguments":
        """The same list with changes, from its first page on unless they name another."""
        kept = {name: value for name, value in self.extra_args.items() if name not in OF_ONE_PAGE}
        values = {name: getattr(self, name) for name in _FIELDS} | {"extra_args": kept} | changes
        return ListArguments(**values)

    def ordered(self, order: str) -> "ListArguments":
        """The same, with its order by name, however the address gave it; nothing of the page's place is lost."""
        own = {name: value for name, value in self.extra_args.items() if name != "order"}
        fields = {name: getattr(self, name) for name in _FIELDS} | {"sort": None, "sort_desc": None}
        return ListArguments(**fields, extra_args=own | ({"order": order} if order else {}))


_FIELDS = ("page", "page_size", "sort", "sort_desc", "search", "filters")


class CheckedArguments(AskedFilters):
    """Mixed into a model view: reads the list's arguments from the URL."""

    column_filters: Any
    page_size_options: tuple[int, ...]
    _filters: Any
    _filter_args: Any
    _list_columns: Any
    _search_supported: bool

    def _get_list_extra_args(self, complain: Complain = complain_by_the_list) -> ListArguments:
        self._check_names(complain)
        return ListArguments(
            page=_number("page", complain) or 0,
            page_size=self._asked_page_size(complain),
            sort=self._asked_sort(complain),
            sort_desc=self._asked_direction(complain),
            search=self._asked_search(complain),
            filters=self._get_list_filter_args(complain),
            extra_args={name: request.args[name] for name in _OURS if request.args.get(name)},
        )

    def _check_names(self, complain: Complain) -> None:
        known = (*_KNOWN, *_OF_EXPORTS)
        unknown = [name[:60] for name in request.args if name not in known and not name.startswith("flt")]
        if unknown:
            more = f" and {len(unknown) - NAMED:,} more" if len(unknown) > NAMED else ""
            complain(f"This list knows no “{'”, “'.join(unknown[:NAMED])}”{more}, so that was left out.")
        for name in _KNOWN:
            if name != "order" and len(request.args.getlist(name)) > 1:
                complain(f"“{name}” was given more than once; the first counts.")

    def _asked_page_size(self, complain: Complain) -> int | None:
        size = _number("page_size", complain)
        if size and size not in self.page_size_options:
            complain(f"A page can't have {size:,} rows; choose {_alternatives(self.page_size_options)}.")
            return None
        return size

    def _asked_sort(self, complain: Complain) -> int | None:
        sort = _number("sort", complain)
        if sort is None:
            return None
        column = self._get_column_by_idx(sort)
        if column is None or not self.is_sortable(column[0]):
            complain(f"This list can't be sorted by column {sort:,}; it is in its usual order.")
            return None
        return sort

    def _asked_direction(self, complain: Complain) -> int | None:
        direction = request.args.get("desc")
        if direction not in (None, "", "0", "1"):
            complain("“desc” is 1 for descending or 0 for ascending.")
        return int(direction == "1")

    def _asked_search(self, complain: Complain) -> str | None:
        search = request.args.get("search")
        if search and not self._search_supported:
            complain("This list can't be searched; it is shown whole.")
            return None
        if search and not is_searchable(search):
            complain(f"Nothing was searched: a search is ordinary text of at most {SEARCH_LIMIT} characters.")
        elif search:
            for problem in self.search_problems(search):
                complain(problem)
        return search

    def can_select(self, search: str | None, filters: Sequence[tuple[int, str, str]] | None) -> bool:
        """Whether the search and all filters can be used; a list for which they can't shows nothing."""
        return (not search or self.can_search(search)) and self.can_filter(filters)


def is_searchable(search: str) -> bool:
    return len(search) <= SEARCH_LIMIT and text.is_storable(search)


def _number(name: str, complain: Complain) -> int | None:
    value = request.args.get(name)
    if not value:
        return None
    if not (value.isascii() and value.isdigit() and len(value) <= 9):
        complain(f"“{name}” is a whole number from 0 to 999,999,999, not “{value[:40]}”; it was left out.")
        return None
    return int(value)


def _alternatives(numbers: Sequence[int]) -> str:
    *first, last = (f"{number:,}" for number in numbers)
    return f"{', '.join(first)} or {last}" if first else last
