"""A session that begins is counted by one row that has no index, and remembered by one that has one."""

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _run("0016_begun_counters.sql")


def downgrade() -> None:
    _run("0016_begun_counters_down.sql")


def _run(name: str) -> None:
    """Run a script whose functions take the place of those that triggers call already."""
    script = (
        Path(__file__)
        .with_name(name)
        .read_text(encoding="utf-8")
        .replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    )
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))
