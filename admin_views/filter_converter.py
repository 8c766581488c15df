"""Which filters a column has: decided by its type, so that a view only names columns."""

from collections.abc import Iterable, Sequence
from typing import Any

from flask_admin.contrib.sqla import filters as stock
from flask_admin.model.filters import convert as converts
from sqlalchemy import Date, DateTime, Numeric, TypeDecorator
from sqlalchemy.dialects import postgresql

from admin_views.filters import comparisons as compare
from admin_views.filters import json_paths, moments, several, values
from admin_views.filters.base import Filter
from services.labels import label

_SIDES = (compare.Greater, compare.AtLeast, compare.Smaller, compare.AtMost)
_ORDERED = (
    compare.Equals,
    compare.NotEqual,
    *_SIDES,
    compare.Between,
    compare.InList,
    compare.NotInList,
)
_NAMED = (compare.Equals, compare.NotEqual, compare.InList, compare.NotInList)
_SPANNED = (compare.Between, *_SIDES)
_RELATIVE = (moments.Within, moments.OlderThan, moments.Ahead)
_LISTED = (several.Has, several.HasNot, several.HasAny, several.HasAll)


class FilterConverter(stock.FilterConverter):
    """Chooses the filters of a column by its type; a type that is not named here can't be filtered by."""

    def convert(self, type_name: str, column: Any, name: str, **options: Any) -> Any:
        """The column's filters: of its type, or the nearest that it is made from; None where it has none."""
        for known in _names(column.type):
            if known in self.converters:
                return self.converters[known](column, name, **options)
        return None

    @converts("text", "string", "citext")
    def conv_string(self, column: Any, name: str, options: Any = None, **others: Any) -> list[Any]:
        pieces = _made((compare.Contains, compare.NotContains), column, name, values.Texts())
        named = _made(_NAMED, column, name, values.Texts(options))
        return [*pieces, *named, *_emptiness(column, name, compare.TextEmpty)]

    @converts("uuid")
    def conv_uuid(self, column: Any, name: str, **others: Any) -> list[Any]:
        return [*_made(_NAMED, column, name, _ids(column.type)), *_emptiness(column, name)]

    @converts("integer")
    def conv_int(self, column: Any, name: str, **others: Any) -> list[Any]:
        return [*_made(_ORDERED, column, name, _numbers(column.type)), *_emptiness(column, name)]

    @converts("numeric")
    def conv_decimal(self, column: Any, name: str, **others: Any) -> list[Any]:
        return [*_made(_ORDERED, column, name, _numbers(column.type)), *_emptiness(column, name)]

    @converts("float")
    def conv_float(self, column: Any, name: str, **others: Any) -> list[Any]:
        return [*_made(_ORDERED, column, name, _numbers(column.type)), *_emptiness(column, name)]

    @converts("datetime")
    def conv_datetime(self, column: Any, name: str, **others: Any) -> list[Any]:
        times = moments.Moments(has_zone=bool(getattr(column.type, "timezone", False)))
        made = [*_made(_SPANNED, column, name, times), *(one(column, name, times) for one in _RELATIVE)]
        return [*made, *_emptiness(column, name)]

    @converts("date")
    def conv_date(self, column: Any, name: str, **others: Any) -> list[Any]:
        days = moments.Days()
        made = _made((compare.Equals, compare.NotEqual, *_SPANNED), column, name, days)
        return [*made, *(one(column, name, days) for one in _RELATIVE), *_emptiness(column, name)]

    @converts("time")
    def conv_time(self, column: Any, name: str, **others: Any) -> list[Any]:
        return [*_made(_SPANNED, column, name, moments.TimesOfDay()), *_emptiness(column, name)]

    @converts("interval")
    def conv_interval(self, column: Any, name: str, **others: Any) -> list[Any]:
        return [*_made(_SIDES, column, name, values.Spans()), *_emptiness(column, name)]

    @converts("boolean")
    def conv_bool(self, column: Any, name: str, **others: Any) -> list[Any]:
        return [compare.Equals(column, name, values.YesNo()), *_emptiness(column, name)]

    @converts("textenum", "enum")
    def conv_enum(self, column: Any, name: str, **others: Any) -> list[Any]:
        return [*_made(_NAMED, column, name, values.Choices(_members(column.type))), *_emptiness(column, name)]

    @converts("array")
    def conv_array(self, column: Any, name: str, **others: Any) -> list[Any]:
        items = _items(column.type.item_type)
        made = _made(_LISTED, column, name, items) if items else []
        return [*made, several.ListEmpty(column, name)]

    @converts("json")
    def conv_json(self, column: Any, name: str, **others: Any) -> list[Any]:
        paths, pairs, numbers = json_paths.Paths(), json_paths.PathValues(), json_paths.PathNumbers()
        return [
            *_made((json_paths.JsonEquals, json_paths.JsonNotEqual, json_paths.JsonContains), column, name, pairs),
            *_made((json_paths.JsonGreater, json_paths.JsonSmaller), column, name, numbers),
            *_made((json_paths.JsonHas, json_paths.JsonHasNot), column, name, paths),
            json_paths.JsonEmpty(column, name),
        ]

    @converts("inet", "cidr")
    def conv_address(self, column: Any, name: str, **others: Any) -> list[Any]:
        is_net = isinstance(column.type, postgresql.CIDR)
        made = _made(
            (compare.Equals, compare.NotEqual), column, name, values.Networks() if is_net else values.Addresses()
        )
        return [*made, compare.InNetwork(column, name, values.Networks()), *_emptiness(column, name)]

    @converts("int4range", "int8range", "numrange", "daterange", "tsrange", "tstzrange")
    def conv_range(self, column: Any, name: str, **others: Any) -> list[Any]:
        held, element = _elements(column.type)
        return [several.Holds(column, name, held, element), *_emptiness(column, name)]

    @converts("largebinary", "macaddr", "macaddr8", "abstractmultirange")
    def conv_opaque(self, column: Any, name: str, **others: Any) -> list[Any]:
        """Whether there is a value is all that can be asked of these."""
        return [compare.Empty(column, name)]


def _names(sql_type: Any) -> Iterable[str]:
    """What a type is called, and what those are called that it is made from, nearest first."""
    yield from (kind.__name__.lower() for kind in type(sql_type).__mro__)
    if isinstance(sql_type, TypeDecorator):
        yield from _names(sql_type.impl_instance)


def _made(comparisons: Sequence[type[Filter]], column: Any, name: str, compared: values.Values) -> list[Filter]:
    return [comparison(column, name, compared) for comparison in comparisons]


def _emptiness(column: Any, name: str, empty: type[compare.Empty] = compare.Empty) -> list[Filter]:
    """Only a column that may lack a value is asked whether it does."""
    may_lack = getattr(column, "nullable", True) and not getattr(column, "primary_key", False)
    return [empty(column, name)] if may_lack else []


def _numbers(sql_type: Any) -> values.Values:
    names = set(_names(sql_type))
    if "integer" in names:
        return values.WholeNumbers(15 if "smallinteger" in names else 63 if "biginteger" in names else 31)
    if "float" in names:
        return values.Floats(is_real="real" in names or (getattr(sql_type, "precision", None) or 53) <= 24)
    return values.Decimals(getattr(sql_type, "precision", None), getattr(sql_type, "scale", None))


def _ids(sql_type: Any) -> values.Ids:
    return values.Ids(as_text=not getattr(sql_type, "as_uuid", True))


def _members(sql_type: Any) -> Iterable[tuple[str, str, Any]]:
    """Of each member of an enum its text in the database, its label and itself."""
    if not hasattr(sql_type, "enums"):
        return [(member.value, label(member), member) for member in sql_type.enum]
    read = sql_type.result_processor(postgresql.dialect(), None) or (lambda text: text)
    return [(text, label(text), read(text)) for text in sql_type.enums]


def _items(sql_type: Any) -> values.Values | None:
    """The kind of a list's items; None where they can't be told apart by a text."""
    names = set(_names(sql_type))
    if names & {"textenum", "enum"}:
        return values.Choices(_members(sql_type))
    if "uuid" in names:
        return _ids(sql_type)
    if names & {"integer", "numeric"}:
        return _numbers(sql_type)
    if "date" in names:
        return moments.Days()
    return values.Texts() if "string" in names else None


def _elements(sql_type: Any) -> tuple[values.Values, Any]:
    """What a range holds, and as which SQL type it is compared."""
    match type(sql_type).__name__:
        case "INT4RANGE":
            return values.WholeNumbers(31), postgresql.INTEGER()
        case "INT8RANGE":
            return values.WholeNumbers(63), postgresql.BIGINT()
        case "NUMRANGE":
            return values.Decimals(), Numeric()
        case "DATERANGE":
            return moments.Days(), Date()
        case name:
            return moments.Moments(has_zone=name == "TSTZRANGE"), DateTime(timezone=name == "TSTZRANGE")
