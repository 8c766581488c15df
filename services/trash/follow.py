"""Doing what the ORM would before a record is deleted, where the database would not by itself."""

from sqlalchemy import text

from services.database import DbSession
from services.trash.catalogue import ForeignKey, OnDelete, among, columns, quoted
from services.trash.reach import Reach


def follow(db: DbSession, found: Reach) -> None:
    """Delete, or free of their reference, the rows whose foreign keys the database does not follow.

    Those that refer to others go first.
    """
    for table in reversed(found.tables()):
        for key in found.followed:
            if key.target in found.rows and key.table == table and key.on_delete is OnDelete.CASCADE:
                _apply(db, found, key, f"DELETE FROM {table} AS t USING")  # noqa: S608 - names from the catalogue, quoted
    for key in found.loses:
        if key in found.followed:
            freed = ", ".join(f"{quoted(name)} = NULL" for name in key.columns)
            _apply(db, found, key, f"UPDATE {key.table} AS t SET {freed} FROM")  # noqa: S608 - as above


def _apply(db: DbSession, found: Reach, key: ForeignKey, act: str) -> None:
    """Do it to each row that refers to one of those that go."""
    targets = found.rows[key.target].values()
    values = [[row[name] for row in targets] for name in key.target_columns]
    sought, matches, arguments = among(key.columns, values, key.target_columns, columns(db, key.target))
    db.execute(text(f"{act} {sought} WHERE {matches}"), arguments)
