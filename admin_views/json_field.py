"""A form's field for JSON: what is sent as it was shown is not written anew."""

import json
from collections.abc import Iterator
from math import isinf
from typing import Any

from sqlalchemy import null
from sqlalchemy import types as generic
from wtforms import TextAreaField

from admin_views.form_types import Kept
from services import text

DEEPEST = 100
"""Lists and objects within one another."""


class JsonField(Kept, TextAreaField):
    """JSON. An empty field is SQL NULL; in a column that must not be NULL, `null` is that of JSON."""

    def __init__(self, label: Any = None, validators: Any = None, *, column_type: Any, nullable: bool, **options: Any):
        super().__init__(label, validators, **options)
        self.column_type = column_type
        self.nullable = nullable

    def shown(self, value: Any) -> str:
        return "" if value is None else json.dumps(value, ensure_ascii=False)

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = None
            self.data = read_json(valuelist[0]) if valuelist[0].strip() else None

    def to_store(self) -> Any:
        if self.data is not None or (getattr(self.column_type, "none_as_null", False) and self.nullable):
            return self.data
        return null() if self.nullable else generic.JSON.NULL


def read_json(given: str) -> Any:
    """
    Raises:
        ValueError: it is no JSON, or holds what PostgreSQL does not store.
    """
    try:
        value = json.loads(given, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise ValueError("This is no JSON.") from None
    if not all(map(_is_storable, _leaves(value))):
        raise ValueError("This holds a character or a number that can’t be stored.")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON.")


def _leaves(value: Any, depth: int = 0) -> Iterator[Any]:
    if depth > DEEPEST:
        raise ValueError("This is nested too deep.")
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _leaves(one, depth + 1)
    else:
        yield value


def _is_storable(leaf: Any) -> bool:
    if isinstance(leaf, str):
        return text.is_storable(leaf)
    return not (isinstance(leaf, float) and isinf(leaf))
