"""How values that hold several others are written as text and read back: ranges, sets of ranges, and lists."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Date, DateTime, Integer, Numeric, String
from sqlalchemy.dialects.postgresql.ranges import AbstractMultiRange, AbstractSingleRange, MultiRange, Range

from admin_views.notation import Notation
from admin_views.notations import bounds_of, notation_of

_BOUNDS: dict[str, Any] = {
    "INT4": Integer(),
    "INT8": BigInteger(),
    "NUM": Numeric(),
    "DATE": Date(),
    "TSTZ": DateTime(timezone=True),
    "TS": DateTime(),
}
"""The type of a range's bounds, by how its own name begins."""
_RANGE = re.compile(r"([\[(])\s*([^,\[\]()]*?)\s*,\s*([^,\[\]()]*?)\s*([\])])")
DEEPEST = 6
"""Lists within lists (PostgreSQL's own limit)."""


def notation_for(column_type: Any) -> Notation | None:
    """How the values of any type are written; None for types that have no text of their own here."""
    if isinstance(column_type, ARRAY):
        entries = notation_of(column_type.item_type)
        return None if entries is None else _list(entries, is_text=isinstance(column_type.item_type, String))
    if isinstance(column_type, AbstractSingleRange):
        return _range(_bound_of(column_type, "RANGE"))
    if isinstance(column_type, AbstractMultiRange):
        return _ranges(_range(_bound_of(column_type, "MULTIRANGE")))
    return notation_of(column_type)


def _bound_of(column_type: Any, ending: str) -> Any:
    return _BOUNDS[type(column_type).__name__.removesuffix(ending)]


def _range(bound: Any) -> Notation:
    notation = notation_of(bound)
    assert notation, bound
    example = f"[{_EXAMPLES[type(bound)][0]},{_EXAMPLES[type(bound)][1]})"

    def write(value: Range[Any]) -> str:
        if value.isempty:
            return "empty"
        lower, upper = ("" if one is None else notation.write(one) for one in (value.lower, value.upper))
        return f"{value.bounds[0]}{lower},{upper}{value.bounds[1]}"

    def read(given: str) -> Range[Any]:
        if given.lower() == "empty":
            return Range(empty=True)
        match = _RANGE.fullmatch(given)
        if match is None:
            raise ValueError(f"This is no range, such as {example}.")
        opens, lower, upper, closes = match.groups()
        return _checked_range(_bound(notation, lower), _bound(notation, upper), opens + closes, bound)

    return Notation(write, read, example=example)


_EXAMPLES: dict[type[Any], tuple[str, str]] = {
    Integer: ("1", "10"),
    BigInteger: ("1", "10"),
    Numeric: ("1.5", "10"),
    Date: ("2026-11-25", "2026-12-01"),
    DateTime: ("2026-11-25 14:30:00", "2026-11-25 16:00:00"),
}


def _bound(notation: Notation, given: str) -> Any:
    value = notation.read(given.strip('"')) if given else None
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError("This is no number.")
    return value


def _checked_range(lower: Any, upper: Any, bounds: Any, bound: Any) -> Range[Any]:
    if lower is not None and upper is not None and lower > upper:
        raise ValueError("A range begins with its lesser bound.")
    greatest = bounds_of(bound)[1] if isinstance(bound, Integer) else date.max - timedelta(1)
    if isinstance(bound, Integer | Date):  # PostgreSQL writes these with their upper bound left out: it adds one
        for value, sign in ((lower, bounds[0] == "("), (upper, bounds[1] == "]")):
            if value is not None and sign and value >= greatest:
                raise ValueError(f"With a bound of {value}, leave that bound itself out or in, as it is stored.")
    return Range(lower, upper, bounds=bounds)


def _ranges(one: Notation) -> Notation:
    def write(value: Sequence[Range[Any]]) -> str:
        return f"{{{','.join(map(one.write, value))}}}"

    def read(given: str) -> MultiRange[Any]:
        inner = given.removeprefix("{").removesuffix("}").strip()
        found = [match[0] for match in _RANGE.finditer(inner)]
        if not (given[:1] == "{" and given[-1:] == "}") or re.sub(r"[\s,]", "", _RANGE.sub("", inner)):
            raise ValueError(f"These are no ranges, such as {{{one.example}}}.")
        return MultiRange(one.read(each) for each in found)

    return Notation(write, read, example=f"{{{one.example}}}")


def _list(entries: Notation, *, is_text: bool) -> Notation:
    """Parted by commas where that says it all; as a JSON list where an entry is empty, none, a list or has a comma."""

    def write(value: Sequence[Any]) -> str:
        texts = _mapped(value, entries.write)
        if texts and all(isinstance(one, str) and _is_plain(one) for one in texts):
            return ",".join(texts)
        return json.dumps(texts, ensure_ascii=False)

    def read(given: str) -> list[Any]:
        if not given.startswith("["):
            return [entries.read(one.strip()) for one in given.split(",") if one.strip()]
        try:
            found = json.loads(given, parse_int=str, parse_float=str, parse_constant=str)
        except (ValueError, RecursionError):
            raise ValueError('What begins with “[” is a list such as ["a, b", "", null].') from None
        _check_shape(found, 1)
        return _mapped(found, lambda one: _entry(entries, one, is_text=is_text))

    return Notation(write, read)


def _is_plain(entry: str) -> bool:
    return bool(entry) and entry == entry.strip() and entry[0] != "[" and not re.search(r"[,\r\n]", entry)


def _mapped(values: Sequence[Any], act: Callable[[Any], Any]) -> list[Any]:
    return [None if one is None else _mapped(one, act) if isinstance(one, list | tuple) else act(one) for one in values]


def _entry(entries: Notation, given: Any, *, is_text: bool) -> Any:
    if isinstance(given, bool):
        given = str(given).lower()
    if not isinstance(given, str):
        raise ValueError("An entry of a list is a text, a number, true, false or null.")
    return entries.read(given) if given.strip() or is_text else None


def _check_shape(found: Any, depth: int) -> None:
    """Lists within a list are all of the same length, down to the last."""
    inner = [one for one in found if isinstance(one, list)]
    if inner and (len(inner) != len(found) or len({len(one) for one in inner}) > 1 or depth == DEEPEST or not inner[0]):
        raise ValueError("Lists within a list are all of the same length, and not empty.")
    for one in inner:
        _check_shape(one, depth + 1)
