"""Filters of columns that hold several values: lists and ranges."""

from typing import Any

from sqlalchemy import ColumnElement, cast, func, or_
from sqlalchemy.dialects.postgresql import ARRAY

from admin_views.filters.base import Filter
from admin_views.filters.comparisons import Empty, InList
from admin_views.filters.values import Values


class Has(Filter):
    """Rows whose list holds the value."""

    label = "has"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return _holds(column, [value])


class HasNot(Filter):
    """Rows whose list does not hold the value; one that is no list holds nothing."""

    label = "has not"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return or_(column.is_(None), ~_holds(column, [value]))

    def holds_for_all(self, value: Any) -> bool:
        return True


class HasAny(InList):
    label = "has any of"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column.op("&&", is_comparison=True)(_list(column, value))


class HasAll(InList):
    label = "has all of"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return _holds(column, value)


class ListEmpty(Empty):
    """A list of nothing is none."""

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        size = func.coalesce(func.cardinality(column), 0)
        return size == 0 if value else size > 0


class Holds(Filter):
    """Rows whose range holds the value."""

    label = "holds"

    def __init__(self, column: Any, name: str, values: Values, element: Any) -> None:
        """
        Args:
            element: the SQL type of what the range is of.
        """
        super().__init__(column, name, values)
        self._element = element

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column.op("@>", is_comparison=True)(cast(value, self._element))


def _holds(column: Any, values: list[Any]) -> ColumnElement[bool]:
    held: ColumnElement[bool] = column.op("@>", is_comparison=True)(_list(column, values))
    return held


def _list(column: Any, values: list[Any]) -> Any:
    return cast(values, ARRAY(column.type.item_type))
