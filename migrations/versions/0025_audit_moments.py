"""Audit events tell when they were written, seals what was under way, and a row of its own how far the chain went."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))


def downgrade() -> None:
    op.execute("DROP TRIGGER audit_seals_move_head ON audit_seals")
    op.drop_table("audit_heads")
    for function in ("console_move_audit_head", "console_check_audit_head"):
        op.execute(f"DROP FUNCTION {function}()")
    op.drop_column("audit_seals", "snapshot")
    op.alter_column("audit_events", "at", server_default=sa.text("now()"))
    op.execute("ALTER FUNCTION console_failed_sign_ins(text, integer) SET search_path = pg_catalog, public")
