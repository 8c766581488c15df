"""A list's filters as its page shows them: chips that name column, operator and value, and forms to add or change one.

They need nothing but Flask-Admin's own filters, so lists of any view have them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue
from flask_admin.model import filters as stock

Pairs = list[tuple[str, str]]

RANGE_END = " to "
"""What stands between the two ends of a range in an address."""
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
    "number": "number",
}
"""Flask-Admin's names of client-side widgets, and what the page calls the inputs for them."""


@dataclass(frozen=True)
class Operator:
    """One comparison that a column can be filtered by."""

    index: int
    """Its place among the view's filters."""
    argument: str
    """What it is called in an address: `status_equals` in `?flt0_status_equals=failed`."""
    label: str
    kind: str
    """text, number, decimal, choice, tags, date, time, datetime, or one of the last three with `range` after it."""
    options: tuple[tuple[str, str], ...]
    """Values and their labels, where they are known beforehand."""

    def words(self, value: str) -> str:
        """A value as people read it."""
        labels = dict(self.options)
        parts = value.split(",") if self.kind == "tags" else [value]
        return _shortened(", ".join(labels.get(part.strip(), part.strip()) for part in parts))


@dataclass(frozen=True)
class Chip:
    """A filter that is in force."""

    column: str
    operator: Operator
    operators: tuple[Operator, ...]
    """All that its column has, so that another can be chosen."""
    value: str
    without: str
    """The list's address without this filter."""
    others: Pairs
    """All other arguments of the list, for the form that changes this one."""

    @property
    def shown(self) -> str:
        return self.operator.words(self.value)


def init_app(app: Flask) -> None:
    app.jinja_env.globals |= {"filter_columns": columns, "filter_chips": chips, "list_arguments": arguments}
    app.before_request(_add)


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


def chips(
    of_columns: Mapping[str, Sequence[Operator]], active: Iterable[tuple[int, str, str]] | None, address: str
) -> list[Chip]:
    """The filters in force.

    Args:
        of_columns: what `columns` returned.
        active: `active_filters` of the list's page: index, name and value of each.
        address: the list's own address, `return_url`, which has them in the same order as `flt0_…`, `flt1_…`.
    """
    found = {operator.index: (name, tuple(group)) for name, group in of_columns.items() for operator in group}
    return [
        _chip(*found[index], index=index, place=place, value=str(value), address=address)
        for place, (index, _, value) in enumerate(active or ())
        if index in found
    ]


def arguments(address: str, *left_out: str) -> Pairs:
    """What a form on a list's page carries along, so that only what it is about changes; the page is never kept."""
    query = address.partition("?")[2]
    return [(name, value) for name, value in parse_qsl(query) if name not in (*OF_ONE_PAGE, *left_out)]


def _chip(column: str, operators: tuple[Operator, ...], *, index: int, place: int, value: str, address: str) -> Chip:
    operator = next(operator for operator in operators if operator.index == index)
    others = [pair for pair in arguments(address) if not pair[0].startswith(f"flt{place}_")]
    return Chip(column, operator, operators, value, f"{address.partition('?')[0]}?{urlencode(others)}", others)


def _operator(entry: Mapping[str, Any], flt: Any) -> Operator:
    options = tuple((str(value), str(label)) for value, label in entry.get("options") or ())
    return Operator(entry["index"], entry["arg"], str(entry["operation"]), _kind(entry, flt, options), options)


def _kind(entry: Mapping[str, Any], flt: Any, options: Sequence[Any]) -> str:
    kind = _KINDS.get(entry.get("type") or "")
    if kind:
        return kind
    if options:
        return "choice"
    if isinstance(flt, stock.BaseIntFilter):
        return "number"
    return "decimal" if isinstance(flt, stock.BaseFloatFilter) else "text"


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _add() -> ResponseReturnValue | None:
    """Lead a form that names a filter and its value apart to the address that has them as one argument.

    So a plain form can add a filter to any list: `?add_filter=status_equals&filter_value=failed`.
    """
    if request.method != "GET" or "add_filter" not in request.args or not _is_list():
        return None
    pairs = [
        pair for pair in request.args.items(multi=True) if pair[0] not in (*OF_ONE_PAGE, "add_filter", "filter_value")
    ]
    value = request.args.get("filter_value", "").strip()
    if value:
        pairs.append((f"flt{_next_place(pairs)}_{request.args['add_filter']}", value))
    return redirect(f"{request.script_root}{request.path}?{urlencode(pairs)}")


def _is_list() -> bool:
    return (request.endpoint or "").endswith(".index_view")


def _next_place(pairs: Pairs) -> int:
    places = [name[3:].partition("_")[0] for name, _ in pairs if name.startswith("flt")]
    taken = [int(place) for place in places if place.isascii() and place.isdigit() and len(place) <= 9]
    return max(taken, default=-1) + 1
