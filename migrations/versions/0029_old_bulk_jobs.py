"""Upkeep may remove bulk jobs, which go when they have been over for long."""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT SELECT, DELETE ON bulk_jobs TO console_upkeep")
    op.execute("CREATE POLICY upkeep ON bulk_jobs TO console_upkeep USING (true)")


def downgrade() -> None:
    op.execute("DROP POLICY upkeep ON bulk_jobs")
    op.execute("REVOKE SELECT, DELETE ON bulk_jobs FROM console_upkeep")
