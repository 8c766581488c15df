"""The filters in force as a list's page shows them: chips that name column, operator and value, those that are
alternatives to one another side by side; and the plain forms that add and change them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any
from urllib.parse import urlencode

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue

from admin_views.asked_filters import clauses, group_of
from admin_views.list_filters import OF_ONE_PAGE, Operator, Pairs, arguments

_FORM = ("add_filter", "filter_value", "filter_as", "filter_or")
"""Arguments of the forms, which no list's own address has."""
_PLACE = re.compile(r"flt(?P<place>[0-9]{1,9})(?P<group>[a-z]?)_")


@dataclass(frozen=True)
class Chip:
    """A filter that is in force, or can't be."""

    column: str
    operator: Operator
    operators: tuple[Operator, ...]
    """All that its column has, so that another can be chosen."""
    value: str
    place: int
    """Its number in the list's address."""
    group: str
    """The letter that it shares with its alternatives; empty where it has none."""
    without: str
    """The list's address without this filter."""
    others: Pairs
    """All other arguments of the list, for the form that changes this one."""
    problem: str | None
    """Why it can't be used."""

    @property
    def shown(self) -> str:
        return self.operator.words(self.value)

    @property
    def prefix(self) -> str:
        """Its number and letter, which it keeps when it is changed."""
        return f"{self.place}{self.group}"

    def __str__(self) -> str:
        return f"{self.column} {self.operator.label} {self.shown}"


def init_app(app: Flask) -> None:
    app.jinja_env.globals["filter_clauses"] = chips
    app.before_request(_change)


def chips(
    view: Any, of_columns: Mapping[str, Sequence[Operator]], active: Iterable[Any] | None, address: str
) -> list[list[Chip]]:
    """The filters of a list: all lists must hold, and of each list one filter.

    Args:
        of_columns: what `list_filters.columns` returned.
        active: `active_filters` of the list's page: index, name and value of each.
        address: the list's own address, `return_url`, which has them in the same order as `flt0_…`, `flt1_…`.
    """
    active = list(active or ())
    places = {id(asked): place for place, asked in enumerate(active)}
    known = {operator.index: (name, tuple(group)) for name, group in of_columns.items() for operator in group}
    made = [
        [_chip(view, asked, places[id(asked)], known[asked[0]], address) for asked in clause if asked[0] in known]
        for clause in clauses(active)
    ]
    return [clause for clause in made if clause]


def _chip(view: Any, asked: Any, place: int, known: tuple[str, tuple[Operator, ...]], address: str) -> Chip:
    index, _, value = asked
    column, operators = known
    problem = getattr(view, "filter_problem", lambda index, value: None)(index, value)
    others = [pair for pair in arguments(address) if _place(pair[0])[0] != place]
    return Chip(
        column,
        next(operator for operator in operators if operator.index == index),
        operators,
        str(value),
        place,
        group_of(asked),
        f"{address.partition('?')[0]}?{urlencode(others)}",
        others,
        problem,
    )


def _place(argument: str) -> tuple[int | None, str]:
    """A filter's number and letter in an address; of any other argument, none."""
    match = _PLACE.match(argument)
    return (int(match["place"]), match["group"]) if match else (None, "")


def _change() -> ResponseReturnValue | None:
    """Lead a form that names a filter and its value apart to the address that has them as one argument.

    So a plain form can add a filter to any list: `?add_filter=status_equals&filter_value=failed`. It may take the place
    of one (`filter_as=2a`), or be an alternative to one (`filter_or=2`).
    """
    if request.method != "GET" or "add_filter" not in request.args or not _is_list():
        return None
    pairs = [pair for pair in request.args.items(multi=True) if pair[0] not in (*OF_ONE_PAGE, *_FORM)]
    value = request.args.get("filter_value", "").strip()
    if value:
        pairs, prefix = _prefixed(pairs, request.args.get("filter_as", ""), request.args.get("filter_or", ""))
        pairs.append((f"flt{prefix}_{request.args['add_filter']}", value))
    return redirect(f"{request.script_root}{request.path}?{urlencode(pairs)}")


def _prefixed(pairs: Pairs, kept: str, alternative_to: str) -> tuple[Pairs, str]:
    """The number and letter of a filter that is added or changed; and the others, one of which may get a letter."""
    if _PLACE.fullmatch(f"flt{kept}_"):
        return pairs, kept
    places = [_place(name) for name, _ in pairs]
    number = max((place for place, _ in places if place is not None), default=-1) + 1
    group = next((group or None for place, group in places if str(place) == alternative_to), "")
    if group is None:
        group = next((letter for letter in ascii_lowercase if letter not in {taken for _, taken in places}), "")
        old, new = f"flt{alternative_to}_", f"flt{alternative_to}{group}_"
        pairs = [(name.replace(old, new, 1) if name.startswith(old) else name, value) for name, value in pairs]
    return pairs, f"{number}{group}"


def _is_list() -> bool:
    return (request.endpoint or "").endswith(".index_view")
