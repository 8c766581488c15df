"""Texts of sessions say whose they are and are kept in lower case, and wait for their index apart."""

from pathlib import Path

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _run("0023_session_texts.sql")


def downgrade() -> None:
    _run("0023_session_texts_down.sql")


def _run(name: str) -> None:
    """Run a script whose functions take the place of those that triggers call already."""
    script = (
        Path(__file__)
        .with_name(name)
        .read_text(encoding="utf-8")
        .replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    )
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))
