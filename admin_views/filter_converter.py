"""Which filters a column has: decided by its type, so that a view only names columns."""

from collections.abc import Sequence
from typing import Any

from flask_admin.contrib.sqla import filters as stock
from flask_admin.model.filters import convert

from admin_views.filters import (
    BooleanEquals,
    ChoiceEquals,
    ChoiceInList,
    ChoiceNotEqual,
    Empty,
    Has,
    IdEquals,
    IdInList,
    NumberEquals,
    NumberGreater,
    NumberInList,
    NumberNotEqual,
    NumberSmaller,
    TextContains,
    TextEmpty,
    TextEquals,
    TextInList,
    TextNotContains,
    TextNotEqual,
    TimeBetween,
    TimeGreater,
    TimeSmaller,
)
from services.labels import label


class FilterConverter(stock.FilterConverter):
    """Chooses the filters of a column by its type; a type that is not named here can't be filtered by."""

    @convert("text", "string", "unicode", "varchar", "unicodetext", "char", "citext")
    def conv_string(self, column: Any, name: str, **options: Any) -> list[Any]:
        return _made([TextContains, TextNotContains, TextEquals, TextNotEqual, TextInList], column, name, TextEmpty)

    @convert("uuid")
    def conv_uuid(self, column: Any, name: str, **options: Any) -> list[Any]:
        return _made([IdEquals, IdInList], column, name)

    @convert("integer", "smallinteger", "biginteger")
    def conv_int(self, column: Any, name: str, **options: Any) -> list[Any]:
        return _made([NumberEquals, NumberNotEqual, NumberGreater, NumberSmaller, NumberInList], column, name)

    @convert("datetime", "timestamp")
    def conv_datetime(self, column: Any, name: str, **options: Any) -> list[Any]:
        return _made([TimeBetween, TimeGreater, TimeSmaller], column, name)

    @convert("boolean")
    def conv_bool(self, column: Any, name: str, **options: Any) -> list[Any]:
        return _made([BooleanEquals], column, name)

    @convert("textenum")
    def conv_text_enum(self, column: Any, name: str, **options: Any) -> list[Any]:
        choices = [(member.value, label(member.value)) for member in column.type.enum]
        made = [kind(column, name, choices) for kind in (ChoiceEquals, ChoiceNotEqual, ChoiceInList)]
        return [*made, *_emptiness(column, name)]

    @convert("array")
    def conv_array(self, column: Any, name: str, **options: Any) -> list[Any]:
        return [Has(column, name)]


def _made(kinds: Sequence[type[Any]], column: Any, name: str, empty: type[Any] = Empty) -> list[Any]:
    return [*(kind(column, name) for kind in kinds), *_emptiness(column, name, empty)]


def _emptiness(column: Any, name: str, empty: type[Any] = Empty) -> list[Any]:
    """Only a column that may lack a value is asked whether it does."""
    return [empty(column, name)] if getattr(column, "nullable", True) and not column.primary_key else []
