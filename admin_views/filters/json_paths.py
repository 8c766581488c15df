"""Filters of JSON: what stands at a path is compared. `goal.kind=blog` is a path and a value, `goal.kind` a path alone.

What the console masks can't be asked for: neither below a key that speaks of secrets, nor whole objects, which may hold
such keys, nor URLs with passwords in them. Whoever could compare those would read them letter by letter.
"""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Numeric, Text, and_, case, cast, false, func, or_
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from admin_views.filters.base import Filter
from admin_views.filters.comparisons import Empty, like
from admin_views.filters.values import Decimals, Values
from services import text
from services.secrets import is_secret_key

DEEPEST = 20
"""Names of one path."""
_PATH = re.compile(r'\s*(?:"[^"]+"|[^".=\s][^".=]*?)\s*(?:\.\s*(?:"[^"]+"|[^".=\s][^".=]*?)\s*)*(?==|\Z)')
_NAME = re.compile(r'"([^"]+)"|([^".\s][^".]*)')
_CREDENTIALS = r"//[^\s/?#]*@"
"""A URL that names a user, and perhaps a password (services.secrets hides both)."""
_NUMBER = r"^-?[0-9]{1,255}(\.[0-9]{1,255})?([eE][-+]?[0-9]{1,2})?$"
"""Numbers of JSON that the database can compare; plain JSON may hold any."""


@dataclass(frozen=True)
class Asked:
    """A place in JSON, and what is compared with its value."""

    path: tuple[str, ...]
    value: Any = None


class Paths(Values):
    """A path alone: names with dots between them; one that holds a dot stands in quotes."""

    one = "a path of names that hold no secrets, such as goal.kind"
    many = "paths"
    kind = "jsonpath"

    def parse(self, value: str) -> Asked:
        path, has_value, _ = split(value)
        if has_value:
            raise ValueError("A path alone.")
        return Asked(path)


class PathValues(Values):
    """A path and a text."""

    one = "a path of names that hold no secrets and a value, such as goal.kind=blog"
    many = "paths and values"
    kind = "json"

    def parse(self, value: str) -> Asked:
        path, has_value, wanted = split(value)
        if not has_value:
            raise ValueError("No value.")
        return Asked(path, wanted)


class PathNumbers(PathValues):
    """A path and a number."""

    one = "a path of names that hold no secrets and a number, such as goal.pages=12"

    def parse(self, value: str) -> Asked:
        asked = super().parse(value)
        return Asked(asked.path, Decimals().parse(asked.value))


def split(value: str) -> tuple[tuple[str, ...], bool, str]:
    """A text's path, whether a value follows it, and that value without the quotes it may stand in.

    Raises:
        ValueError: there is no path, or it leads to what is secret.
    """
    if len(value) > 2 * text.SHORT or not text.is_storable(value):
        raise ValueError("Not storable.")
    match = _PATH.match(value)
    path = tuple((quoted or plain).strip() for quoted, plain in _NAME.findall(match[0])) if match else ()
    if not 1 <= len(path) <= DEEPEST or any(is_secret_key(name) for name in path):
        raise ValueError("No path, or a secret one.")
    rest = value[match.end() :] if match else ""
    wanted = rest[1:].strip()
    if len(wanted) > 1 and wanted[0] == wanted[-1] == '"':
        wanted = wanted[1:-1]
    return path, bool(rest), wanted


class JsonHas(Filter):
    """Rows that have something at the path, be it null."""

    label = "has"

    def condition(self, column: Any, value: Asked) -> ColumnElement[bool]:
        return _node(column, value.path).is_not(None)


class JsonHasNot(Filter):
    label = "has not"

    def condition(self, column: Any, value: Asked) -> ColumnElement[bool]:
        return _node(column, value.path).is_(None)

    def holds_for_all(self, value: Any) -> bool:
        return True


class JsonEquals(Filter):
    """Texts, numbers and truths are compared as JSON writes them, texts without their quotes."""

    label = "equals"

    def condition(self, column: Any, value: Asked) -> ColumnElement[bool]:
        return and_(_is_open(column, value.path), _text(column, value.path) == value.value)


class JsonNotEqual(JsonEquals):
    label = "not equal"

    def condition(self, column: Any, value: Asked) -> ColumnElement[bool]:
        return ~func.coalesce(super().condition(column, value), false())

    def holds_for_all(self, value: Any) -> bool:
        return True


class JsonContains(Filter):
    label = "contains"

    def condition(self, column: Any, value: Asked) -> ColumnElement[bool]:
        return and_(_is_open(column, value.path), _text(column, value.path).ilike(like(value.value)))


class JsonGreater(Filter):
    label = "greater than"

    def condition(self, column: Any, value: Asked) -> ColumnElement[bool]:
        return _number(column, value.path) > value.value


class JsonSmaller(Filter):
    label = "smaller than"

    def condition(self, column: Any, value: Asked) -> ColumnElement[bool]:
        return _number(column, value.path) < value.value


class JsonEmpty(Empty):
    """Null, an empty object and an empty list are no value."""

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        text_of_whole = func.replace(cast(column, Text()), " ", "")
        empty = or_(column.is_(None), text_of_whole.in_(("{}", "[]", "null")))
        return empty if value else ~empty


def _node(column: Any, path: tuple[str, ...]) -> Any:
    return _readable(column).op("#>", return_type=column.type)(_keys(path))


def _text(column: Any, path: tuple[str, ...]) -> Any:
    return _readable(column).op("#>>", return_type=Text())(_keys(path))


def _readable(column: Any) -> Any:
    """The column, without what plain JSON can hold and no text can: NUL."""
    if isinstance(column.type, JSONB):
        return column
    return case((cast(column, Text()).not_like(r"%\\u0000%"), column))


def _keys(path: tuple[str, ...]) -> Any:
    return cast(list(path), ARRAY(Text()))


def _kind(column: Any, path: tuple[str, ...]) -> Any:
    typeof = func.jsonb_typeof if isinstance(column.type, JSONB) else func.json_typeof
    return typeof(_node(column, path), type_=Text())


def _is_open(column: Any, path: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether what stands there is shown as it is."""
    is_plain = _kind(column, path).in_(("string", "number", "boolean"))
    return and_(is_plain, _text(column, path).op("!~", is_comparison=True)(_CREDENTIALS))


def _number(column: Any, path: tuple[str, ...]) -> Any:
    """The number that stands there; null where none does, so that the cast never fails."""
    found = _text(column, path)
    is_number = and_(_kind(column, path) == "number", found.op("~", is_comparison=True)(_NUMBER))
    return case((is_number, cast(found, Numeric())))
