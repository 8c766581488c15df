"""What the ORM would take along, or free of its reference, where the database's foreign keys would forbid a deletion.

Flask-Admin deletes by the ORM, so that a developer who maps tables for it rarely says `ON DELETE` in the database.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Column, FromClause, inspect, text
from sqlalchemy.orm import RelationshipDirection, RelationshipProperty

from services.database import DbSession
from services.trash.catalogue import ForeignKey, OnDelete

_NAMES = text("SELECT name, CAST(to_regclass(name) AS text) AS known FROM unnest(CAST(:names AS text[])) AS name")
_Reference = tuple[FromClause, FromClause, Sequence[tuple[Column[Any], Column[Any]]], OnDelete]
"""A table, the one that it refers to, pairs of a column of this one and of the former, and what the ORM would do."""


def followed(db: DbSession, model: type[Any], keys: Sequence[ForeignKey]) -> Sequence[ForeignKey]:
    """Foreign keys that forbid by themselves, as the relations of a model's mappers have them followed.

    Args:
        model: whose registry says what is related to what; `passive_deletes` leaves a relation to the database.
        keys: all of the database's.
    """
    references = [found for mapper in inspect(model).registry.mappers for found in _of(mapper.relationships)]
    if not references:
        return []
    names = _names(db, {table for table, target, _, _ in references for table in (table, target)})
    wanted = {
        (names[table], names[target], frozenset((here.name, there.name) for there, here in pairs)): on_delete
        for table, target, pairs, on_delete in references
    }
    forbidding = [key for key in keys if key.on_delete in (OnDelete.NO_ACTION, OnDelete.RESTRICT)]
    found = {key: wanted.get((key.table, key.target, _columns(key))) for key in forbidding}
    return [replace(key, on_delete=on_delete) for key, on_delete in found.items() if on_delete is not None]


def _of(relations: Sequence[RelationshipProperty[Any]]) -> Iterator[_Reference]:
    for relation in relations:
        if relation.viewonly or relation.passive_deletes:
            continue
        pairs: Any = relation.synchronize_pairs
        if relation.secondary is not None:
            yield relation.secondary, relation.parent.local_table, pairs, OnDelete.CASCADE
        elif relation.direction is RelationshipDirection.ONETOMANY:
            if relation.cascade.delete:
                yield relation.target, relation.parent.local_table, pairs, OnDelete.CASCADE
            elif all(column.nullable for _, column in pairs):
                yield relation.target, relation.parent.local_table, pairs, OnDelete.SET_NULL


def _names(db: DbSession, tables: set[FromClause]) -> Mapping[FromClause, str | None]:
    """What `regclass` calls them."""
    preparer = db.get_bind().dialect.identifier_preparer
    written = {table: preparer.format_table(table) for table in tables}
    called = {row.name: row.known for row in db.execute(_NAMES, {"names": list(written.values())})}
    return {table: called[name] for table, name in written.items()}


def _columns(key: ForeignKey) -> frozenset[tuple[str, str]]:
    return frozenset(zip(key.columns, key.target_columns, strict=True))
