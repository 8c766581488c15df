"""Tokens of programs: named, scoped, expiring. Times for which admins act as others."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ID = {"server_default": sa.text("gen_random_uuid()"), "nullable": False}
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_tokens()
    _create_actings()


def downgrade() -> None:
    op.drop_table("actings")
    op.drop_table("api_tokens")


def _create_tokens() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid(), **ID),
        _person("user_id"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("last_four", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("last_used_at", MOMENT),
        sa.Column("last_used_from", sa.Text()),
        sa.Column("revoked_at", MOMENT),
        sa.Column("revoked_by", sa.Text()),
        sa.CheckConstraint("scope IN ('read', 'remediate', 'admin')", name=op.f("ck_api_tokens_scope")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_tokens_token_hash")),
        _references_person("api_tokens", "user_id"),
    )
    op.create_index("ix_api_tokens_user_id_created_at", "api_tokens", ["user_id", sa.text("created_at DESC")])
    op.create_index("ix_api_tokens_created_at_id", "api_tokens", [sa.text("created_at DESC"), sa.text("id DESC")])


def _create_actings() -> None:
    op.create_table(
        "actings",
        sa.Column("id", sa.Uuid(), **ID),
        _person("admin_id"),
        _person("user_id"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("writes_until", MOMENT),
        sa.Column("ended_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actings")),
        _references_person("actings", "admin_id"),
        _references_person("actings", "user_id"),
    )
    op.create_index("ix_actings_admin_id", "actings", ["admin_id"])
    op.create_index("ix_actings_user_id", "actings", ["user_id"])


def _person(name: str) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=False)


def _references_person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["users.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")
