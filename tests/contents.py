"""All that a database holds, for tests that prove what was not written."""

from sqlalchemy import literal_column, select, table, text

from services.database import DbSession


def everything(db: DbSession) -> dict[str, list[str]]:
    """The rows of each table, queue included, as text."""
    names = db.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
    return {
        name: sorted(db.scalars(select(literal_column("t::text")).select_from(table(name).alias("t"))))
        for name in names
    }
