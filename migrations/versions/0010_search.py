"""Indexes for the search of lists: of pieces of texts, and of texts that are kept apart from rows that change often."""

from pathlib import Path

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SIDES = ("session", "deploy")
"""A delivery updates its session and its deploy, several times each, and would pay for an index of their texts."""
INDEXES = (
    ("session_texts", "text"),
    ("deploy_texts", "text"),
    ("projects", "description"),
    ("projects", "stack"),
    ("project_configs", "build_command"),
    ("project_configs", "output_dir"),
    ("room_states", "current_prompt_text"),
    ("audit_events", "actor"),
    ("audit_events", "tag"),
    ("audit_events", "origin"),
)


def upgrade() -> None:
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(sql.replace("%", "%%"))
    for table, column in INDEXES:
        op.create_index(
            f"ix_{table}_{column}_trigrams",
            table,
            [column],
            postgresql_using="gin",
            postgresql_ops={column: "gin_trgm_ops"},
        )
    op.execute("ANALYZE session_texts, deploy_texts")


def downgrade() -> None:
    for table, column in INDEXES:
        op.drop_index(f"ix_{table}_{column}_trigrams", table_name=table)
    for name in SIDES:
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP FUNCTION console_{name}_texts_{event} CASCADE")
    op.execute("DROP FUNCTION console_texts_truncate CASCADE")
    for name in SIDES:
        op.drop_table(f"{name}_texts")
