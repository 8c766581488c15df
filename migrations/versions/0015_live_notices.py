"""What changed is told by rows of a table: to NOTIFY, commits wait for one another."""

from pathlib import Path

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _run("0015_live_notices.sql")


def downgrade() -> None:
    _run("0006_live.sql")
    _run("0015_live_notices_down.sql")
    op.execute("DROP FUNCTION console_count_owners(uuid[])")
    op.drop_table("live_horizons")
    op.drop_table("live_notices")


def _run(name: str) -> None:
    """Run a script again or instead of another, so that the triggers stay which call its functions."""
    script = (
        Path(__file__)
        .with_name(name)
        .read_text(encoding="utf-8")
        .replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    )
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))
