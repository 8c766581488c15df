"""Who listens for others sees who is asked for a second factor, so that streams end which began without."""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT SELECT (second_factor_since) ON users TO console_listener")
    op.execute("GRANT SELECT (role) ON second_factor_roles TO console_listener")


def downgrade() -> None:
    op.execute("REVOKE SELECT (role) ON second_factor_roles FROM console_listener")
    op.execute("REVOKE SELECT (second_factor_since) ON users FROM console_listener")
