"""The record that is to be deleted, and its key as text."""

from typing import Any

from sqlalchemy import inspect, select, text

from services.database import DbSession
from services.errors import NotFoundError
from services.permissions import Actor, Permission, require
from services.scopes import visible


def find(
    db: DbSession, model: type[Any], record_id: Any, *, actor: Actor, permission: Permission, lock: bool = False
) -> Any:
    """The record.

    Args:
        record_id: its primary key; a tuple where that has several columns.

    Raises:
        ForbiddenError: the actor may not delete such records.
        NotFoundError: there is no such record that the actor may delete.
    """
    require(actor, permission)
    columns = inspect(model).primary_key
    values = record_id if isinstance(record_id, tuple) else (record_id,)
    statement = select(model).where(
        *(column == value for column, value in zip(columns, values, strict=True)), visible(model, actor, permission)
    )
    if lock:
        statement = statement.with_for_update(of=model)
    record = db.scalar(statement.execution_options(populate_existing=True))
    if record is None:
        raise NotFoundError("There is no such record, or none that you may delete.")
    return record


def table_of(db: DbSession, model: type[Any]) -> str:
    """A model's table as `regclass` writes it."""
    table = inspect(model).local_table
    named = db.get_bind().dialect.identifier_preparer.format_table(table)
    return str(db.scalar(text("SELECT CAST(CAST(:name AS regclass) AS text)"), {"name": named}))


def key_of(record: Any) -> dict[str, str]:
    """A record's primary key: columns and their values as text."""
    mapper = inspect(type(record))
    return {
        column.name: str(value)
        for column, value in zip(mapper.primary_key, mapper.primary_key_from_instance(record), strict=True)
    }


def title_of(record: Any) -> str:
    """What a record is called: by its own words where it has some, else by its table and key."""
    if "__str__" in {name for base in type(record).__mro__[:-1] for name in vars(base)}:
        return str(record)[:200]
    return f"{type(record).__name__} {','.join(key_of(record).values())}"[:200]
