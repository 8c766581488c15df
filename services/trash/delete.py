"""Deleting a record into the trash."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from models import TrashedRecord
from services import audit
from services.database import DbSession
from services.errors import ConflictError
from services.permissions import Actor, Permission
from services.secrets import without_secrets
from services.trash.catalogue import columns, with_key
from services.trash.follow import follow
from services.trash.found import find, key_of, table_of, title_of
from services.trash.kinds import Kind, kind_of
from services.trash.reach import Reach, reach
from services.trash.words import why_forbidden

KEPT = timedelta(days=30)
"""How long what was deleted can be restored."""


def delete(
    db: DbSession,
    model: type[Any],
    record_id: Any,
    *,
    actor: Actor,
    now: datetime,
    permission: Permission | None = None,
) -> TrashedRecord:
    """Delete a record and all that its foreign keys take along, and keep them to be restored.

    Args:
        record_id: its primary key; a tuple where that has several columns.
        permission: who may, where the table is not among `KINDS`.

    Raises:
        ForbiddenError: the actor may not delete such records.
        NotFoundError: there is no such record that the actor may delete.
        ConflictError: something keeps it: a row that refers to it, a deploy under way, or too many rows.
    """
    kind = kind_of(model, permission)
    db.flush()
    record = find(db, model, record_id, actor=actor, permission=kind.permission, lock=True)
    table, key, title = table_of(db, model), key_of(record), title_of(record)
    found = reach(db, model, table, key, lock=True)
    why_not = kind.why_not(db, record_id)  # asked once the rows are locked, since a deploy may be retried until then
    if why_not or found.forbids:
        raise ConflictError(why_not or why_forbidden(found))
    before = _fields(db, table, key)
    _delete(db, table, key, found)
    db.expunge(record)
    trashed = _keep(db, kind, table, key, title, found, actor=actor, now=now)
    _record(db, kind, trashed, key, before, actor)
    return trashed


def _fields(db: DbSession, table: str, key: Mapping[str, str]) -> dict[str, Any]:
    """The record's columns as the trail may keep them."""
    condition, arguments = with_key(columns(db, table), key)
    statement = text(f"SELECT to_jsonb(t) FROM {table} AS t WHERE {condition}")  # noqa: S608 - names are quoted
    fields: dict[str, Any] = without_secrets(db.scalar(statement, arguments))
    return fields


def _delete(db: DbSession, table: str, key: Mapping[str, str], found: Reach) -> None:
    condition, arguments = with_key(columns(db, table), key)
    try:
        with db.begin_nested():
            follow(db, found)
            db.execute(text(f"DELETE FROM {table} AS t WHERE {condition}"), arguments)  # noqa: S608 - names are quoted
    except IntegrityError as error:
        raise ConflictError("Something that refers to this record keeps it; delete that first.") from error


def _keep(
    db: DbSession,
    kind: Kind,
    table: str,
    key: Mapping[str, str],
    title: str,
    found: Reach,
    *,
    actor: Actor,
    now: datetime,
) -> TrashedRecord:
    trashed = TrashedRecord(
        kind=kind.name,
        table_name=table,
        record_id=",".join(key.values()),
        title=title,
        permission=kind.permission,
        rows=[{"table": name, "row": row} for name in found.tables() for row in found.rows[name].values()],
        lost_references=[
            {
                "table": lost.table,
                "key": {name: value for name, value in row.items() if name not in lost.columns},
                "values": {name: row[name] for name in lost.columns},
            }
            for lost, rows in found.loses.items()
            for row in rows.values()
        ],
        deleted_at=now,
        deleted_by=actor.name,
        actor_id=actor.id,
        expires_at=now + KEPT,
    )
    db.add(trashed)
    db.flush()
    return trashed


def _record(
    db: DbSession, kind: Kind, trashed: TrashedRecord, key: Mapping[str, str], before: Mapping[str, Any], actor: Actor
) -> None:
    after = {"trashed_record_id": trashed.id, "rows": len(trashed.rows)}
    audit.record(db, actor, f"{kind.name}:delete", subject_id(key), before=before, after=after)


def subject_id(key: Mapping[str, str]) -> UUID | None:
    """A record's id as the trail names it; None where its key is no single id."""
    try:
        [value] = key.values()
        return UUID(value)
    except ValueError:
        return None
