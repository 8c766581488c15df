"""What recoveries go by while they run: an order, each deploy's host, what was met, and since when they are judged."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXTS = postgresql.ARRAY(sa.Text())


def upgrade() -> None:
    op.add_column("recoveries", sa.Column("total", sa.Integer(), server_default="0", nullable=False))
    op.add_column("recoveries", sa.Column("fingerprints", TEXTS, server_default="{}", nullable=False))
    op.add_column("recoveries", sa.Column("accepted_fingerprints", TEXTS, server_default="{}", nullable=False))
    op.add_column("recoveries", sa.Column("judged_after", sa.DateTime(timezone=True), nullable=True))
    op.add_column("recoveries", sa.Column("tally", postgresql.JSONB(none_as_null=True), nullable=True))
    op.drop_index("ix_recoveries_running", table_name="recoveries", postgresql_where=sa.text("status = 'running'"))
    op.create_index("ix_recoveries_open", "recoveries", ["created_at"], postgresql_where=sa.text("ended_at IS NULL"))
    op.add_column("recovery_items", sa.Column("position", sa.Integer(), server_default="0", nullable=False))
    op.add_column("recovery_items", sa.Column("host", sa.Text(), server_default="", nullable=False))
    op.add_column("recovery_items", sa.Column("met_fingerprint", sa.Text(), nullable=True))
    op.create_index("ix_recovery_items_deploy_id", "recovery_items", ["deploy_id"])
    op.create_index("ix_recovery_items_recovery_id_position", "recovery_items", ["recovery_id", "position"])
    op.create_index(
        "ix_recovery_items_waiting",
        "recovery_items",
        ["recovery_id", "wave", "host", "position"],
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_index(
        "ix_recovery_items_ended",
        "recovery_items",
        ["recovery_id", "wave", sa.literal_column("ended_at DESC")],
        postgresql_where=sa.text("status IN ('succeeded', 'failed')"),
    )


def downgrade() -> None:
    for name in ("ended", "waiting", "recovery_id_position", "deploy_id"):
        op.drop_index(f"ix_recovery_items_{name}", table_name="recovery_items")
    for name in ("met_fingerprint", "host", "position"):
        op.drop_column("recovery_items", name)
    op.drop_index("ix_recoveries_open", table_name="recoveries")
    op.create_index(
        "ix_recoveries_running", "recoveries", ["created_at"], postgresql_where=sa.text("status = 'running'")
    )
    for name in ("tally", "judged_after", "accepted_fingerprints", "fingerprints", "total"):
        op.drop_column("recoveries", name)
