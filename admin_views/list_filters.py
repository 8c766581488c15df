"""The columns that a list can be filtered by, and what its address carries along.

They need nothing but Flask-Admin's own filters, so lists of any view have them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask
from flask_admin.model import filters as stock

Pairs = list[tuple[str, str]]

OF_ONE_PAGE = ("page", "cursor", "count")
"""Arguments of a list that hold for one page of it, and not once its filters or its order change."""
LONGEST = 60
"""Characters of a value on a chip."""
_KINDS = {
    "datepicker": "date",
    "daterangepicker": "daterange",
    "datetimepicker": "datetime",
    "datetimerangepicker": "datetimerange",
    "timepicker": "time",
    "timerangepicker": "timerange",
    "select2-tags": "tags",
}
"""Flask-Admin's names of client-side widgets, and what the page calls the inputs for them."""
_RANGED = ("number", "decimal", "date", "time", "datetime")
_OWN = (*_RANGED, *(f"{kind}range" for kind in _RANGED), "span", "json", "jsonpath")
"""Inputs that the console's own filters name as the page does."""


@dataclass(frozen=True)
class Operator:
    """One comparison that a column can be filtered by."""

    index: int
    """Its place among the view's filters."""
    argument: str
    """What it is called in an address: `status_equals` in `?flt0_status_equals=failed`."""
    label: str
    kind: str
    """text, choice, tags, number, decimal, date, time, datetime, one of these five with `range` after it, span, json
    (a path and a value) or jsonpath."""
    options: tuple[tuple[str, str], ...]
    """Values and their labels, where they are known beforehand."""
    spoken: Callable[[str], str | None] | None = None
    """How the filter itself says a value, where it has words for it."""

    def words(self, value: str) -> str:
        """A value as people read it."""
        if self.spoken and (said := self.spoken(value)):
            return said
        labels = dict(self.options)
        parts = value.split(",") if self.kind == "tags" else [value]
        return shortened(", ".join(labels.get(part.strip(), part.strip()) for part in parts))


def init_app(app: Flask) -> None:
    app.jinja_env.globals |= {"filter_columns": columns, "list_arguments": arguments}


def columns(view: Any, groups: Mapping[str, Sequence[Mapping[str, Any]]] | None) -> dict[str, tuple[Operator, ...]]:
    """The columns that a list can be filtered by, and how.

    Args:
        groups: `filter_groups` of the list's page.
    """
    filters = getattr(view, "_filters", None) or []
    return {
        name: tuple(
            _operator(entry, filters[entry["index"]] if entry["index"] < len(filters) else None) for entry in group
        )
        for name, group in (groups or {}).items()
    }


def arguments(address: str, *left_out: str) -> Pairs:
    """What a form on a list's page carries along, so that only what it is about changes; the page is never kept."""
    query = address.partition("?")[2]
    return [(name, value) for name, value in parse_qsl(query) if name not in (*OF_ONE_PAGE, *left_out)]


def shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _operator(entry: Mapping[str, Any], flt: Any) -> Operator:
    options = tuple((str(value), str(label)) for value, label in entry.get("options") or ())
    kind = _kind(entry, flt, options)
    return Operator(entry["index"], entry["arg"], str(entry["operation"]), kind, options, getattr(flt, "words", None))


def _kind(entry: Mapping[str, Any], flt: Any, options: Sequence[Any]) -> str:
    named = entry.get("type") or ""
    if named in _KINDS or named in _OWN:
        return _KINDS.get(named, named)
    if options:
        return "choice"
    if isinstance(flt, stock.BaseIntFilter):
        return "number"
    return "decimal" if isinstance(flt, stock.BaseFloatFilter) else "text"
