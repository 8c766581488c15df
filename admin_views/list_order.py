"""In which order a list is asked for, by the names of its columns: `order=status,-updated_at`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_admin.model.base import ViewArgs
from sqlalchemy import Boolean, Enum, inspect
from sqlalchemy.orm import Query

from admin_views.list_arguments import Complain
from models.base import TextEnum, beginning
from services.listing.terms import Order, Term, with_key

ORDER_LIMIT = 3
"""Columns by which a person may order a list."""


@dataclass(frozen=True)
class Asked:
    """One column by which a list is to be ordered."""

    name: str
    descending: bool

    def __str__(self) -> str:
        return f"-{self.name}" if self.descending else self.name

    def turned(self) -> "Asked":
        return Asked(self.name, not self.descending)


class ListOrder:
    """Mixed into a model view: reads the order from the address, and says what the database is to order by."""

    model: Any
    _list_columns: Sequence[tuple[str, str]]
    _sortable_columns: Mapping[str, Any]
    _sortable_joins: Mapping[str, Any]

    def asked_order(self, arguments: ViewArgs, complain: Complain) -> tuple[Asked, ...]:
        """By what the address orders the list, or else what the person wants; nothing where that is its usual order."""
        return self.given_order(arguments, complain) or self.remembered_order()

    def remembered_order(self) -> tuple[Asked, ...]:
        """By what the person wants the list ordered; nothing where the address asks for its usual order."""
        wanted = [] if "order" in request.args else parse_order(self._wanted().sorted_by or [])
        return tuple(one for one in wanted if one.name in self._sortable_columns)

    def given_order(self, arguments: ViewArgs, complain: Complain) -> tuple[Asked, ...]:
        """The columns that the address names: in `order`, or, as Flask-Admin has them, in `sort` and `desc`."""
        if "order" not in request.args and arguments.sort is not None:
            name, _ = self._get_column_by_idx(arguments.sort)
            return (Asked(name, bool(arguments.sort_desc)),)
        asked = parse_order(request.args.getlist("order"))
        known = [one for one in asked if one.name in self._sortable_columns]
        for one in asked:
            if one not in known:
                complain(f"This list can't be sorted by “{one.name[:40]}”; that was left out.")
        if len(known) > ORDER_LIMIT:
            complain(f"A list is sorted by at most {ORDER_LIMIT} columns; the first ones count.")
        return tuple(known[:ORDER_LIMIT])

    def order_of(self, query: Query[Any], asked: Sequence[Asked]) -> tuple[Query[Any], Order]:
        """The query with what the order needs joined to it, and the order."""
        terms: list[Term] = []
        joins: dict[Any, Any] = {}
        for one in asked:
            for field, path in self._fields_of(one.name):
                query, joins, term = self._term(query, joins, field, path, descending=one.descending)
                terms.append(term)
        for field, path, descending in self._get_default_order():
            query, joins, term = self._term(query, joins, field, path, descending=descending)
            if not any(_is_same(term, other) for other in terms):
                terms.append(term)
        return query, _total(terms, inspect(self.model).primary_key)

    def _fields_of(self, name: str) -> Iterator[tuple[Any, Any]]:
        field, path = self._sortable_columns[name], self._sortable_joins.get(name)
        if isinstance(field, list):
            yield from zip(field, path or [None] * len(field), strict=True)
        else:
            yield field, path

    def _term(
        self, query: Query[Any], joins: dict[Any, Any], field: Any, path: Any, *, descending: bool
    ) -> tuple[Query[Any], dict[Any, Any], Term]:
        query, joins, alias = self._apply_path_joins(query, joins, path, inner_join=False)
        column = field if alias is None else getattr(alias, field.key)
        own = table_column(field)
        if own.info.get("ordered_by_beginning"):
            column = beginning(column)
        may_lack = getattr(own, "nullable", True) or any(_may_lead_nowhere(step) for step in path or ())
        term = Term(column, bool(descending), may_lack, alias is not None, _members(own))
        return query, joins, term


def table_column(attribute: Any) -> Any:
    """The column behind a mapped attribute, or the column itself."""
    columns = getattr(getattr(attribute, "property", None), "columns", None)
    return columns[0] if columns else attribute


def parse_order(texts: Iterable[str]) -> list[Asked]:
    """The columns that texts such as `status,-updated_at` name, each once, as it comes first."""
    asked: dict[str, Asked] = {}
    for name in (part.strip() for text in texts for part in text.split(",")):
        if name:
            asked.setdefault(name.removeprefix("-"), _asked(name))
    return list(asked.values())


def _asked(text: str) -> Asked:
    return Asked(text.removeprefix("-"), text.startswith("-"))


def _is_same(term: Term, other: Term) -> bool:
    return table_column(term.column) is table_column(other.column) and term.is_joined == other.is_joined


def _total(terms: Sequence[Term], keys: Sequence[Any]) -> Order:
    """The order by these terms up to the key, which is added where they lack it: nothing that follows parts rows."""
    columns = [table_column(term.column) for term in terms]
    if len(keys) == 1 and any(column is keys[0] for column in columns):
        return tuple(terms[: [column is keys[0] for column in columns].index(True) + 1])
    return with_key(terms, [key for key in keys if not any(column is key for column in columns)])


def _may_lead_nowhere(step: Any) -> bool:
    columns = getattr(getattr(step, "property", None), "local_columns", None)
    return columns is None or any(column.nullable for column in columns)


def _members(column: Any) -> tuple[Any, ...]:
    """All values that a column can have, where they are few."""
    kind = getattr(column, "type", None)
    if isinstance(kind, TextEnum):
        return tuple(sorted(kind.enum))
    if isinstance(kind, Enum):
        return tuple(kind.enums) if kind.enum_class is None else tuple(kind.enum_class)
    return (False, True) if isinstance(kind, Boolean) else ()
