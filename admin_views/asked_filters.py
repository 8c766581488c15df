"""The filters that a list's address asks for: read, checked, put together, and written into addresses again.

All filters must hold; of those that carry the same letter after their number, one: `flt0a_status_equals=failed` and
`flt1a_host_contains=api` keep what failed and what is of such a host.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

from flask import flash, request
from flask_admin.contrib.sqla.filters import BaseSQLAFilter
from sqlalchemy import ColumnElement, Table, inspect, or_, tuple_

from admin_views.filters import Filter
from admin_views.filters.related import are_many, through
from extensions import db_session
from services import text
from services.errors import InvalidInputError

FILTER_LIMIT = 30
"""Filters of one list."""
UNKNOWN = -1
"""The index of a filter that the list does not have."""
_ARGUMENT = re.compile(r"flt(?P<place>[0-9]{0,9})(?P<group>[a-z]?)_(?P<name>.*)", re.DOTALL)

Complain = Callable[[str], None]
"""Is told of each argument that can't be used."""


class AskedFilter(tuple[int, str, str]):
    """A filter of a list: its index, its name and the raw value, as Flask-Admin has it, and the letter of its group."""

    group: str

    def __new__(cls, index: int, name: str, value: str, group: str = "") -> "AskedFilter":
        self = super().__new__(cls, (index, name, value))
        self.group = group
        return self


def complain_by_the_list(message: str) -> None:
    """Show the complaint above the list."""
    flash(message, "error")


def group_of(asked: Sequence[Any]) -> str:
    """The letter of a filter's group; empty where it stands alone."""
    return getattr(asked, "group", "")


def clauses(filters: Iterable[Any] | None) -> list[list[Any]]:
    """The filters by what must hold: of each list one; groups stand where their first filter does."""
    found: dict[str, list[Any]] = {}
    for place, asked in enumerate(filters or ()):
        found.setdefault(group_of(asked) or str(place), []).append(asked)
    return list(found.values())


def is_usable(flt: Any, value: str) -> bool:
    """Whether a filter can use the value; those of Flask-Admin raise whatever their parsing does."""
    try:
        return text.is_storable(value) and bool(flt.validate(value))
    except (ValueError, LookupError, ArithmeticError, TypeError):
        return False


class AskedFilters:
    """Mixed into a model view: the filters of its list."""

    has_filter_groups = True
    """Whether filters can be alternatives to one another; lists of plain Flask-Admin have none."""
    model: Any
    _filters: Any
    _filter_args: Any
    _filter_joins: Any

    def why_closed(self, flt: Any) -> str | None:
        """Why who asks can't use a filter; None where they can."""
        return None

    @cached_property
    def keeps_filter_form(self) -> bool:
        """Whether the form for one more filter is always the same; those of Flask-Admin may look their choices up."""
        return all(isinstance(flt, Filter) for flt in self._filters or ())

    def _get_list_filter_args(self, complain: Complain = complain_by_the_list) -> list[AskedFilter] | None:
        """The asked filters; those that can't be used are among them.

        Raises:
            InvalidInputError: there are too many.
        """
        asked = [(name, value) for name, value in request.args.items(multi=True) if name.startswith("flt") and value]
        if len(asked) > FILTER_LIMIT:
            raise InvalidInputError(f"A list has at most {FILTER_LIMIT} filters at a time.")
        return [self._asked_filter(name, value, complain) for name, value in sorted(asked, key=_position)] or None

    def _asked_filter(self, argument: str, value: str, complain: Complain) -> AskedFilter:
        match = _ARGUMENT.fullmatch(argument)
        name = match["name"] if match else argument[3:]
        known = (self._filter_args or {}).get(name) if match else None
        if match is None or known is None:
            complain(f"This list has no filter “{argument[:60]}”.")
            return AskedFilter(UNKNOWN, name, value)
        index, flt = known
        if why := self.why_closed(flt):
            complain(why)
            return AskedFilter(UNKNOWN, name, value)
        asked = AskedFilter(index, str(flt.name), value, match["group"])
        if complain is not complain_by_the_list and not is_usable(flt, value):  # in a list, its chip says so
            complain(self.get_invalid_value_msg(value, flt))
        return asked

    def _get_filters(self, filters: Sequence[Any] | None) -> dict[str, str]:
        """The filters as arguments of an address, numbered anew."""
        return {
            f"flt{place}{group_of(asked)}_{self._filter_argument(asked)}": asked[2]
            for place, asked in enumerate(filters or ())
        }

    def _filter_argument(self, asked: Sequence[Any]) -> str:
        index, name, _ = asked
        return str(name) if index == UNKNOWN else str(self.get_filter_arg(index, self._filters[index]))

    def get_invalid_value_msg(self, value: str, flt: Any) -> str:
        """What to tell a person whose filter can't be used."""
        explain = getattr(flt, "explain", None)
        return explain(value) if explain else f"The filter “{flt.name}” can't use “{value[:60]}”."

    def filter_problem(self, index: int, value: str) -> str | None:
        """What a chip says of a filter that can't be used; None where it can."""
        flt = self._filters[index]
        if is_usable(flt, value):
            return None
        expected = getattr(flt, "expected", None)
        return f"This needs {expected}." if expected else "This can’t be used."

    def can_filter(self, filters: Iterable[Any] | None) -> bool:
        """Whether all filters can be used."""
        return all(index != UNKNOWN and is_usable(self._filters[index], value) for index, _, value in filters or ())

    def scaffold_filters(self, name: Any) -> Any:
        made = super().scaffold_filters(name)
        for flt in made or ():
            if isinstance(flt, Filter):
                flt.source = name if isinstance(name, str) else name.key
        return made

    def _apply_filters(self, query: Any, count_query: Any, joins: Any, count_joins: Any, filters: Any) -> Any:
        """Keep the rows for which each filter holds, or one of its group; none stands there twice."""
        for clause in clauses(filters):
            query, joins = self._apply_filter_clause(query, joins, clause)
            if count_query is not None:
                count_query, count_joins = self._apply_filter_clause(count_query, count_joins, clause)
        return query, count_query, joins, count_joins

    def _apply_filter_clause(self, query: Any, joins: Any, clause: Sequence[Any]) -> tuple[Any, Any]:
        if (
            len(clause) == 1
            and not _is_ours(flt := self._filters[clause[0][0]])
            and not are_many(self._filter_path(flt))
        ):
            query, _, joins, _ = super()._apply_filters(query, None, joins, {}, clause)
            return query, joins
        conditions = []
        for asked in clause:
            query, joins, condition = self._filter_condition(query, joins, asked)
            conditions.append(condition)
        return query.filter(or_(*conditions)), joins

    def _filter_condition(self, query: Any, joins: Any, asked: Sequence[Any]) -> tuple[Any, Any, ColumnElement[bool]]:
        """What one filter asks of a row, and the query with what must be joined for it."""
        index, _, raw = asked
        flt = self._filters[index]
        path = self._filter_path(flt)
        if not _is_ours(flt) or any(isinstance(step, Table) for step in path):
            return query, joins, self._is_selected_by(asked)
        value = flt.clean(raw)
        if are_many(path):
            return query, joins, through(path, flt, value)
        query, joins, alias = self._apply_path_joins(query, joins, path, inner_join=False)
        return query, joins, flt.condition(flt.get_column(alias), value)

    def _is_selected_by(self, asked: Sequence[Any]) -> ColumnElement[bool]:
        """Whether a row is among those that the filter, whatever it does, leaves of a query of its own."""
        keys = inspect(self.model).primary_key
        query = db_session().query(*keys).select_from(self.model)
        selected = super()._apply_filters(query, None, {}, {}, [asked])[0].statement.correlate(None)
        return (tuple_(*keys) if len(keys) > 1 else keys[0]).in_(selected)

    def _filter_path(self, flt: Any) -> Sequence[Any]:
        """The relations by which a filter's column is reached."""
        if not isinstance(flt, BaseSQLAFilter):
            return ()
        return self._filter_joins.get(flt.column if flt.key_name is None else flt.key_name, ())


def _is_ours(flt: Any) -> bool:
    """Whether the filter is no more than its condition."""
    return isinstance(flt, Filter) and type(flt).apply is Filter.apply


def _position(argument: tuple[str, str]) -> int:
    """The number in `flt3_status_equals`."""
    match = _ARGUMENT.fullmatch(argument[0])
    return int(match["place"] or 0) if match else 0
