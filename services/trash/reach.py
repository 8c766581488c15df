"""What a deletion reaches: rows that would go, rows that would lose their reference, rows that forbid it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from sqlalchemy import text

from models import DeployText, SessionText
from services.database import DbSession
from services.errors import ConflictError
from services.trash import catalogue, relations
from services.trash.catalogue import Column, ForeignKey, OnDelete, quoted

LIMIT = 10_000
"""Rows that one deletion may reach; what is larger is no slip to keep in a trash."""

DERIVED = frozenset({SessionText.__tablename__, DeployText.__tablename__})
"""Tables whose rows triggers write and the deletion takes along: they come back by themselves."""

Row = Mapping[str, str | None]
"""A row's columns as PostgreSQL writes them as text."""


@dataclass
class Reach:
    """What hangs on one record."""

    keys: Sequence[ForeignKey]
    followed: Sequence[ForeignKey] = ()
    """Those of them that the database would not follow by itself."""
    rows: dict[str, dict[str, Row]] = field(default_factory=dict)
    """Those that would go, the record itself first: by table, and by what tells its rows apart."""
    loses: dict[ForeignKey, dict[str, Row]] = field(default_factory=lambda: defaultdict(dict))
    """Those that would lose their reference, by the foreign key that says so."""
    forbids: dict[ForeignKey, dict[str, Row]] = field(default_factory=lambda: defaultdict(dict))
    """Those that keep the record from being deleted."""

    def tables(self) -> list[str]:
        """The tables of the rows that would go, each after those that it refers to."""
        refers = {table: {key.target for key in self.keys if key.table == table != key.target} for table in self.rows}
        try:
            order = list(TopologicalSorter(refers).static_order())
        except CycleError:
            return list(self.rows)
        return [table for table in order if table in self.rows]

    def settle(self) -> "Reach":
        """Leave out of those that stay what would go anyway, along another way."""
        for kept in (self.loses, self.forbids):
            for key, rows in list(kept.items()):
                kept[key] = {name: row for name, row in rows.items() if name not in self.rows.get(key.table, {})}
                if not kept[key]:
                    del kept[key]
        return self


def reach(db: DbSession, model: type[Any], table: str, key: Mapping[str, str], *, lock: bool = False) -> Reach:
    """Walk the foreign keys from one record, to any depth.

    Args:
        model: the record's, whose relations are followed where the database would forbid.
        table: as `regclass` writes it.
        key: the record's primary key, as text.
        lock: lock the rows that would go, so that none changes, and none is added to them, before they do; their
            columns are then read in whole, else only those that the walk goes by.

    Raises:
        ConflictError: more than LIMIT rows would go or lose their reference.
    """
    keys = catalogue.foreign_keys(db)
    followed = {(key.table, key.name): key for key in relations.followed(db, model, keys)}
    found = Reach([followed.get((key.table, key.name), key) for key in keys], list(followed.values()))
    walk = _Walk(db, found, lock=lock)
    beginning = {name: [value] for name, value in key.items()}
    new: Mapping[str, Sequence[Row]] = {
        table: walk.add(table, walk.rows_with(table, tuple(key), tuple(beginning.values()), tuple(key), table))
    }
    while new:
        new = walk.step(new)
    return found.settle()


class _Walk:
    """One walk, which knows each table's columns after it has been there once."""

    def __init__(self, db: DbSession, found: Reach, *, lock: bool) -> None:
        self._db = db
        self._found = found
        self._lock = lock
        self._columns: dict[str, Sequence[Column]] = {}
        self._count = 0

    def step(self, new: Mapping[str, Sequence[Row]]) -> Mapping[str, Sequence[Row]]:
        """Follow all foreign keys that lead to rows found last; the rows that these would take along."""
        next_ones: dict[str, list[Row]] = {}
        for key in self._found.keys:
            if not new.get(key.target) or key.table in DERIVED:
                continue
            values = tuple([row[name] for row in new[key.target]] for name in key.target_columns)
            rows = self.rows_with(key.table, key.columns, values, key.target_columns, key.target, key=key)
            if key.on_delete is OnDelete.CASCADE:
                next_ones.setdefault(key.table, []).extend(self.add(key.table, rows))
            else:
                kept = self._found.loses if self._is_remembered(key) else self._found.forbids
                kept[key].update(rows)
                self._check(len(rows))
        return {table: rows for table, rows in next_ones.items() if rows}

    def add(self, table: str, rows: Mapping[str, Row]) -> list[Row]:
        """Note rows that would go; those that had not been found before."""
        known = self._found.rows.setdefault(table, {})
        new = {name: row for name, row in rows.items() if name not in known}
        known |= new
        self._check(len(new))
        if not known:
            del self._found.rows[table]
        return list(new.values())

    def rows_with(
        self,
        table: str,
        names: Sequence[str],
        values: Sequence[Sequence[str | None]],
        target_names: Sequence[str],
        target: str,
        *,
        key: ForeignKey | None = None,
    ) -> dict[str, Row]:
        """The rows in which these columns have one of these values, by what tells the table's rows apart."""
        columns = self._columns_of(table)
        wanted = [column.name for column in columns if self._is_wanted(table, column, key)]
        sought, matches, arguments = catalogue.among(names, values, target_names, self._columns_of(target))
        statement = text(
            f"SELECT {_identity(columns)}, jsonb_object(CAST(:names AS text[]), ARRAY[{_texts(wanted)}]::text[])"  # noqa: S608 - names from the catalogue, quoted
            f" FROM {_table(table)} AS t JOIN {sought} ON {matches}"
            f"{' FOR UPDATE OF t' if self._lock and (key is None or key.on_delete is OnDelete.CASCADE) else ''}"
        )
        return {row[0]: row[1] for row in self._db.execute(statement, {"names": wanted} | arguments)}

    def _columns_of(self, table: str) -> Sequence[Column]:
        if table not in self._columns:
            self._columns[table] = catalogue.columns(self._db, table)
        return self._columns[table]

    def _is_wanted(self, table: str, column: Column, key: ForeignKey | None) -> bool:
        """Whether a column is read: all that can be set of rows to keep, else what tells rows apart and leads on."""
        if key is not None and key.on_delete is not OnDelete.CASCADE:
            return column.is_key or column.name in key.columns
        if self._lock:
            return not column.is_generated
        leads_on = any(found.target == table and column.name in found.target_columns for found in self._found.keys)
        return column.is_key or leads_on

    def _is_remembered(self, key: ForeignKey) -> bool:
        """Whether a reference would be lost that can be set again; without a key, nobody could say whose it was."""
        return key.on_delete is OnDelete.SET_NULL and any(column.is_key for column in self._columns_of(key.table))

    def _check(self, more: int) -> None:
        self._count += more
        if self._count > LIMIT:
            raise ConflictError(f"More than {LIMIT:,} rows hang on this record; delete some of them first.")


def _identity(columns: Sequence[Column]) -> str:
    """What tells a table's rows apart, as text: the primary key, or where the row lies."""
    keys = [column.name for column in columns if column.is_key]
    return f"CAST(ARRAY[{_texts(keys)}] AS text)" if keys else "CAST(t.ctid AS text)"


def _texts(names: Iterable[str]) -> str:
    return ", ".join(f"CAST(t.{quoted(name)} AS text)" for name in names)


def _table(name: str) -> str:
    """A table's name as `regclass` wrote it, quoted already where it needs to be."""
    return name.replace(":", "\\:")
