"""Views that people saved, and how they want lists shown."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("density", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_users_density"), "users", "density IN ('comfortable', 'compact')")
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_saved_views_owner_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_views"),
    )
    op.create_index(
        "uq_saved_views_owner_id_endpoint_name_lower",
        "saved_views",
        ["owner_id", "endpoint", sa.text("lower(name)")],
        unique=True,
    )
    op.create_index("ix_saved_views_shared", "saved_views", ["endpoint"], postgresql_where=sa.text("is_shared"))
    op.create_table(
        "saved_view_pins",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("view_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_saved_view_pins_user_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["view_id"], ["saved_views.id"], name="fk_saved_view_pins_view_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "view_id", name="pk_saved_view_pins"),
    )
    op.create_index("ix_saved_view_pins_view_id", "saved_view_pins", ["view_id"])
    op.create_table(
        "list_preferences",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("sorted_by", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("page_size", sa.Integer(), nullable=True),
        sa.Column("default_view_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("page_size > 0", name=op.f("ck_list_preferences_page_size")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_list_preferences_user_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["default_view_id"],
            ["saved_views.id"],
            name="fk_list_preferences_default_view_id",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("user_id", "endpoint", name="pk_list_preferences"),
    )
    op.create_index("ix_list_preferences_default_view_id", "list_preferences", ["default_view_id"])


def downgrade() -> None:
    op.drop_table("list_preferences")
    op.drop_table("saved_view_pins")
    op.drop_table("saved_views")
    op.drop_constraint(op.f("ck_users_density"), "users")
    op.drop_column("users", "density")
