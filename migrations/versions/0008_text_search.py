"""Finding projects, rooms and people by a piece of their text: trigram indexes."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

INDEXES = (("projects", "title"), ("rooms", "name"), ("users", "email"), ("users", "name"))
"""Sessions have none: each delivery updates its session, and would pay for it, with three times what it costs now."""


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for table, column in INDEXES:
        op.create_index(
            f"ix_{table}_{column}_trigrams",
            table,
            [column],
            postgresql_using="gin",
            postgresql_ops={column: "gin_trgm_ops"},
        )


def downgrade() -> None:
    for table, column in reversed(INDEXES):
        op.drop_index(f"ix_{table}_{column}_trigrams", table_name=table)
    op.execute(DROP_UNLESS_USED)


DROP_UNLESS_USED = """
DO $$ BEGIN
    DROP EXTENSION pg_trgm;
EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege THEN
    NULL;  -- others in this database use it, or it is not ours to drop
END $$
"""
