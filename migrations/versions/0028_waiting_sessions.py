"""All that is to be written of a new session waits in one row for the worker."""

from pathlib import Path

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _run("0028_waiting_sessions.sql")


def downgrade() -> None:
    _run("0028_waiting_sessions_down.sql")


def _run(name: str) -> None:
    """Run a script whose functions take the place of those that triggers call already."""
    script = (
        Path(__file__)
        .with_name(name)
        .read_text(encoding="utf-8")
        .replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    )
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))
