"""updated_at, status history, the counter ledger and NOTIFY, by triggers."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FUNCTIONS = (
    "console_touch()",
    "console_record_first_status()",
    "console_record_status()",
    "console_count_inserts()",
    "console_count_updates()",
    "console_count_deletes()",
    "console_count_truncate()",
    "console_notify_new()",
    "console_notify_old()",
    "console_notify(text, text, uuid[])",
    "console_refuse_change()",
)


def upgrade() -> None:
    script = Path(__file__).with_suffix(".sql").read_text()
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))


def downgrade() -> None:
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function} CASCADE")
