"""A list's selection as one text: its rows, in its order, with the raw values of a file's columns."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from sqlalchemy import DateTime, Text, cast, inspect
from sqlalchemy.orm import ColumnProperty, Query, RelationshipProperty, aliased
from sqlalchemy.types import TypeEngine

from services import field_rules
from services.errors import InvalidInputError
from services.exports import fields
from services.exports.columns import NAME_LIMIT, Column, Kind, kind_of
from services.permissions import Permission

_CAST: Mapping[Kind, TypeEngine[Any]] = {
    Kind.JSON: Text(),
    Kind.TIME: DateTime(timezone=True),
    Kind.LOCAL_TIME: DateTime(),
}
"""As what columns are read; to times it only makes sure that they are what their model says."""


def column_for(model: type[Any], name: str, label: str, closed: frozenset[Permission] = frozenset()) -> Column | None:
    """The column that a view names, possibly through relations; None where PostgreSQL can't write it by itself.

    Args:
        closed: the kinds of fields that are masked.
    """
    *path, last = name.split(".")
    entity: Any = model
    for part in path:
        relation = getattr(getattr(entity, part, None), "property", None)
        if not isinstance(relation, RelationshipProperty) or relation.uselist:
            return None
        entity = relation.mapper.class_
    found = getattr(getattr(entity, last, None), "property", None)
    if not isinstance(found, ColumnProperty) or found.columns[0].table is not inspect(entity).local_table:
        return None
    kind = kind_of(found.columns[0].type)
    is_writable = fields.is_writable(getattr(entity, last), closed)
    return Column(name, label, kind) if kind and is_writable and len(name.encode()) <= NAME_LIMIT else None


def selection(
    query: Query[Any], model: type[Any], columns: Sequence[Column], connection: psycopg.Connection[Any]
) -> str:
    """The SELECT of the columns as `c0`, `c1`, …, of the rows that `query` selects, in its order.

    They are raw to all but field rules, which hold for whom the query's session reads.

    Args:
        connection: by whose rules values are quoted.

    Raises:
        InvalidInputError: a value can't be part of a statement.
    """
    entities: dict[str, Any] = {"": model}
    onlooker = field_rules.onlooker_of(query.session)
    values = []
    for number, column in enumerate(columns):
        path, _, last = column.name.rpartition(".")
        query = _joined(query, entities, path)
        value = fields.selected(entities[path], last, onlooker)
        values.append((cast(value, _CAST[column.kind]) if column.kind in _CAST else value).label(f"c{number}"))
    return _as_text(query.with_entities(*values).enable_eagerloads(False), connection)


def _joined(query: Query[Any], entities: dict[str, Any], path: str) -> Query[Any]:
    """The query with all relations of a path joined, each once."""
    if path in entities:
        return query
    before, _, part = path.rpartition(".")
    query = _joined(query, entities, before)
    relation = getattr(entities[before], part)
    entities[path] = aliased(relation.property.mapper.class_)
    return query.outerjoin(relation.of_type(entities[path]))


def _as_text(query: Query[Any], connection: psycopg.Connection[Any]) -> str:
    compiled = query.statement.compile(dialect=query.session.get_bind().dialect)
    state = compiled.construct_expanded_state()
    processors: dict[str, Any] = {**compiled._bind_processors, **state.processors}
    values = {
        name: processors[name](value) if name in processors else value for name, value in state.parameters.items()
    }
    text = psycopg.ClientCursor(connection).mogrify(state.statement, values)
    if "\x00" in text:
        raise InvalidInputError("No text has a NUL character.")
    return text
