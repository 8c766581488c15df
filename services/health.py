"""Whether the console can do its work: what is wrong, in words that give no secret away."""

from collections.abc import Collection, Sequence

from pgqueuer.adapters.persistence.qb import DBSettings
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from services import database_roles
from services.database import DbSession


def find_faults(db: DbSession, *, heads: Collection[str]) -> list[str]:
    """What keeps the console from its work; empty where nothing does.

    Args:
        heads: the newest migrations, as the checkout has them.
    """
    try:
        return [*_migration_faults(db, heads), *find_queue_faults(db)]
    except SQLAlchemyError as error:
        return [f"The database can't be reached ({type(error).__name__})."]


def _migration_faults(db: DbSession, heads: Collection[str]) -> Sequence[str]:
    if not _exists(db, "alembic_version"):
        return ["The database has no tables yet; migrate it."]
    database_roles.be_nobody_to_read(db, "alembic_version")
    applied = set(db.scalars(text("SELECT version_num FROM alembic_version")))
    if applied == set(heads):
        return []
    return [f"The migrations are at {_names(applied)}, not at {_names(heads)}; migrate the database."]


def find_queue_faults(db: DbSession) -> Sequence[str]:
    """Which of the queue's tables are missing.

    Raises:
        OperationalError: the database can't be reached.
    """
    names = DBSettings()
    tables = (names.queue_table, names.queue_table_log, names.schedules_table)
    return [f"The queue's table {table} is missing." for table in tables if not _exists(db, table)]


def _exists(db: DbSession, table: str) -> bool:
    return db.scalar(select(func.to_regclass(table))) is not None


def _names(revisions: Collection[str]) -> str:
    return ", ".join(sorted(revisions)) or "none"
