"""Tables and their foreign keys as PostgreSQL itself knows them.

The models know the console's tables alone. What another program keeps in the same database may refer to them too, and
a deletion would take it along, so that what counts is the catalogue.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import text

from services.database import DbSession


class OnDelete(StrEnum):
    """What a foreign key does when the row that it names is deleted (`pg_constraint.confdeltype`)."""

    CASCADE = "c"
    SET_NULL = "n"
    SET_DEFAULT = "d"
    RESTRICT = "r"
    NO_ACTION = "a"


@dataclass(frozen=True)
class ForeignKey:
    """One foreign key; tables are named as `regclass` writes them."""

    name: str
    table: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]
    on_delete: OnDelete


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    name: str
    type: str
    """As PostgreSQL writes it, with its length or precision."""
    is_key: bool
    is_generated: bool
    """Whether the database computes it, so that nobody can set it."""


_FOREIGN_KEYS = text(
    """
    SELECT c.conname::text AS name, c.conrelid::regclass::text AS table, c.confrelid::regclass::text AS target,
        c.confdeltype::text AS on_delete,
        (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(c.conkey) WITH ORDINALITY AS k (number, place)
            JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.number) AS columns,
        (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(c.confkey) WITH ORDINALITY AS k (number, place)
            JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number) AS target_columns
    FROM pg_constraint c WHERE c.contype = 'f' AND c.conparentid = 0 ORDER BY 2, 1
    """
)
_COLUMNS = text(
    """
    SELECT a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attgenerated <> '' AS is_generated,
        EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey))
            AS is_key
    FROM pg_attribute a
    WHERE a.attrelid = to_regclass(:table) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
    """
)


def foreign_keys(db: DbSession) -> Sequence[ForeignKey]:
    """All of the database's."""
    return [
        ForeignKey(
            name=row.name,
            table=row.table,
            columns=tuple(row.columns),
            target=row.target,
            target_columns=tuple(row.target_columns),
            on_delete=OnDelete(row.on_delete),
        )
        for row in db.execute(_FOREIGN_KEYS)
    ]


def columns(db: DbSession, table: str) -> Sequence[Column]:
    """A table's columns in their order; none where there is no such table."""
    return [Column(**row._mapping) for row in db.execute(_COLUMNS, {"table": table})]


def quoted(name: str) -> str:
    """A column's name as it stands in a statement of SQLAlchemy's `text`."""
    return '"' + name.replace('"', '""').replace(":", "\\:") + '"'


def with_key(columns: Iterable[Column], key: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """A condition on the row `t` with this key, and its arguments.

    Args:
        key: columns and their values as text; they must be among `columns`.
    """
    types = {column.name: column.type for column in columns}
    condition = " AND ".join(f"t.{quoted(name)} = CAST(:key{place} AS {types[name]})" for place, name in enumerate(key))
    return condition, {f"key{place}": value for place, value in enumerate(key.values())}


def among(
    names: Sequence[str], values: Sequence[Sequence[str | None]], target_names: Sequence[str], target: Iterable[Column]
) -> tuple[str, str, dict[str, Sequence[str | None]]]:
    """A table `p` of values, the condition on a row `t` to have those of one of its rows, and the arguments.

    Args:
        names: columns of `t`.
        values: for each of them, those that it may have, as text.
        target_names: the columns that they refer to, whose types they have.
        target: the columns of that table.
    """
    types = {column.name: column.type for column in target}
    arrays = ", ".join(f"CAST(:v{place} AS {types[name]}[])" for place, name in enumerate(target_names))
    places = ", ".join(f"p{place}" for place, _ in enumerate(names))
    matches = " AND ".join(f"t.{quoted(name)} = p.p{place}" for place, name in enumerate(names))
    arguments: dict[str, Sequence[str | None]] = {f"v{place}": list(column) for place, column in enumerate(values)}
    return f"unnest({arrays}) AS p ({places})", matches, arguments
