"""Values as files have them: as text in CSV, as they are in JSON Lines. What PostgreSQL writes is the same."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import Enum
from typing import Any

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What makes a spreadsheet read a cell as a formula (OWASP, CSV Injection), full-width forms included."""


def defused(cell: Any) -> Any:
    """The cell, quoted where a spreadsheet would run it; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def text_of(value: Any, zone: tzinfo, *, is_json: bool = False) -> Any:
    """A cell of CSV, formulas defused: text, or a number.

    Args:
        zone: in which times are written; one without a zone stays as it is.
        is_json: whether the column's type is JSON, so that a list in it is written as JSON.
    """
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int() | float() | Decimal():
            return value
        case dict():
            return as_json(value)
        case list() | tuple() | set():
            return as_json(value) if is_json else defused(", ".join(str(entry) for entry in value if entry is not None))
        case date():
            return iso(value, zone)
        case Enum():
            return defused(str(value.value))
    return defused(str(value))


def plain_of(value: Any, zone: tzinfo) -> Any:
    """A value of JSON Lines: a number, a boolean, null, a text, or JSON."""
    match value:
        case Enum():
            return value.value
        case None | bool() | int() | float() | str() | Mapping():
            return value
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case list() | tuple() | set():
            return [plain_of(entry, zone) for entry in value]
        case date():
            return iso(value, zone)
    return str(value)


def iso(value: date, zone: tzinfo) -> str:
    """A time as ISO 8601, with its offset where it has one, and no zeros at the end of its fraction."""
    if not isinstance(value, datetime):
        return value.isoformat()
    at = value if value.tzinfo is None else value.astimezone(zone)
    whole = at.isoformat(timespec="seconds")
    if not at.microsecond:
        return whole
    return f"{whole[:19]}.{f'{at.microsecond:06}'.rstrip('0')}{whole[19:]}"


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def csv_lines(lines: Iterable[Iterable[Any]]) -> bytes:
    """Lines as PostgreSQL writes them too: they end with a line feed alone."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(lines)
    return buffer.getvalue().encode()


def json_line(values: Mapping[str, Any]) -> bytes:
    return as_json(values).encode() + b"\n"
