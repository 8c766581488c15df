"""Sign-ins are rows: listed, timed out and ended one by one; tries at passwords have budgets."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_ins_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
    )
    op.create_index("ix_sign_ins_user_id_created_at", "sign_ins", ["user_id", sa.text("created_at DESC")])
    op.create_index("ix_sign_ins_expires_at", "sign_ins", ["expires_at"])
    op.create_table(
        "sign_in_budgets",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tried_at", MOMENT, nullable=False),
        sa.Column("closed_until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_budgets")),
    )
    op.create_index("ix_sign_in_budgets_tried_at", "sign_in_budgets", ["tried_at"])


def downgrade() -> None:
    op.drop_table("sign_in_budgets")
    op.drop_table("sign_ins")
