"""Counters by the hour: what reached which status, and what attempts came to."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TRIGGERS = {
    "status_changes": ("count_reached", "forget_reached"),
    "deploy_attempts": ("count_inserts", "count_updates", "count_deletes", "count_truncate"),
}
FUNCTIONS = (
    "console_count_reached()",
    "console_forget_reached()",
    "console_count_new_attempts()",
    "console_count_old_attempts()",
    "console_count_ended_attempts()",
    "console_count_attempt(timestamptz, boolean, bigint)",
)


def upgrade() -> None:
    script = Path(__file__).with_suffix(".sql").read_text()
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))


def downgrade() -> None:
    for table, names in TRIGGERS.items():
        for name in names:
            op.execute(f"DROP TRIGGER {table}_{name} ON {table}")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.execute("DELETE FROM metric_deltas WHERE metric IN ('sessions_reached', 'projects_reached', 'deploy_attempts')")
