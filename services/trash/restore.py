"""Putting a record back with all that went with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, IntegrityError

from models import TrashedRecord
from services import audit
from services.database import DbSession
from services.errors import ConflictError
from services.permissions import Actor
from services.trash import listing
from services.trash.catalogue import Column, columns, quoted, with_key
from services.trash.delete import subject_id
from services.trash.refusals import why_not_restored


def restore(db: DbSession, trashed_id: UUID, *, actor: Actor, now: datetime) -> TrashedRecord:
    """Put everything back under the ids that it had, and set the references again that were lost and not set anew.

    Raises:
        NotFoundError: there is no such record in the trash that the actor may restore.
        ConflictError: its time is over; or what it needs is gone, or what it was called by is taken.
    """
    trashed = listing.get(db, trashed_id, actor=actor, lock=True)
    if trashed.expires_at <= now:
        raise ConflictError("This could be restored for 30 days, which are over.")
    try:
        with db.begin_nested():
            _insert_all(db, trashed)
    except IntegrityError as error:
        raise ConflictError(why_not_restored(db, error)) from error
    except DBAPIError as error:
        raise ConflictError("This can’t be restored: the tables have changed since.") from error
    set_again = sum(_set_again(db, **lost) for lost in trashed.lost_references)
    after = {"trashed_record_id": trashed.id, "rows": len(trashed.rows), "references": set_again}
    db.delete(trashed)
    db.flush()
    audit.record(db, actor, f"{trashed.kind}:restore", subject_id({"id": trashed.record_id}), after=after)
    return trashed


def _insert_all(db: DbSession, trashed: TrashedRecord) -> None:
    """Insert the rows; their history is there already, since it outlives what it tells of."""
    db.execute(text("SELECT set_config('console.restoring', 'on', true)"))
    for table, entries in groupby(trashed.rows, key=lambda entry: entry["table"]):
        _insert(db, table, [entry["row"] for entry in entries])
    db.execute(text("SELECT set_config('console.restoring', '', true)"))


def _insert(db: DbSession, table: str, rows: Sequence[Mapping[str, str | None]]) -> None:
    known = {column.name: column for column in columns(db, table) if not column.is_generated}
    if missing := rows[0].keys() - known.keys():
        raise ConflictError(f"This can’t be restored: {table} has no {', '.join(sorted(missing))} any more.")
    kept = [known[name] for name in rows[0]]
    statement = text(
        f"INSERT INTO {table} ({', '.join(quoted(column.name) for column in kept)}) OVERRIDING SYSTEM VALUE"  # noqa: S608 - names from the catalogue, quoted
        f" SELECT {', '.join(_value(place, column) for place, column in enumerate(kept))}"
        " FROM jsonb_array_elements(:rows) AS entry (row)"
    )
    names = {f"n{place}": column.name for place, column in enumerate(kept)}
    db.execute(statement.bindparams(bindparam("rows", list(rows), JSONB)), names)


def _value(place: int, column: Column) -> str:
    return f"CAST(entry.row ->> CAST(:n{place} AS text) AS {column.type})"


def _set_again(db: DbSession, table: str, key: Mapping[str, str], values: Mapping[str, str]) -> int:
    """Whether the reference was set: the row is there, and has no other one by now."""
    known = columns(db, table)
    types = {column.name: column.type for column in known}
    if not (key.keys() | values.keys()) <= types.keys():
        return 0
    condition, arguments = with_key(known, key)
    sets = ", ".join(f"{quoted(name)} = CAST(:set{place} AS {types[name]})" for place, name in enumerate(values))
    lost = " OR ".join(f"t.{quoted(name)} IS NULL" for name in values)
    statement = text(f"UPDATE {table} AS t SET {sets} WHERE {condition} AND ({lost}) RETURNING 1")  # noqa: S608 - names from the catalogue, quoted
    arguments |= {f"set{place}": value for place, value in enumerate(values.values())}
    return len(db.execute(statement, arguments).all())
