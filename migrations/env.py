"""Alembic's entry: runs the revisions on the application's database."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import text

import logins
from models import Base

PGQUEUER = "pgqueuer"


def is_ours(name: str | None, kind: str, parent_names: Any) -> bool:
    """Whether autogenerate compares it: PgQueuer keeps its own tables."""
    return not (kind == "table" and (name or "").startswith(PGQUEUER))


def run_migrations() -> None:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_name=is_ours,
            compare_type=True,
            compare_server_default=True,
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            # Indexes and counts of tables that are large already take longer than any request may.
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            context.run_migrations()
    if current_app.extensions["console_settings"].database_url is None:
        logins.make_own(current_app.config["SQLALCHEMY_DATABASE_URI"])


run_migrations()
