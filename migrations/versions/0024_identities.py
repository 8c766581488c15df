"""People as an OpenID provider knows them."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
POLICIES = (
    "CREATE POLICY own ON identities TO console_own, console_all USING (user_id = console_person())",
    "CREATE POLICY sign_in ON identities FOR SELECT TO console_nobody USING (true)",
    "CREATE POLICY every ON identities TO console_admin USING (true)",
)
"""As those of what people prove themselves by (0022). Who signs in by a provider is let in as an admin would do it."""


def upgrade() -> None:
    op.create_table(
        "identities",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("last_used_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_identities_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_identities_issuer_subject")),
    )
    op.create_index("ix_identities_user_id", "identities", ["user_id"])
    op.execute("REVOKE ALL ON identities FROM console_all, console_admin, console_worker")
    op.execute("GRANT SELECT ON identities TO console_nobody")
    op.execute("GRANT SELECT, INSERT, DELETE ON identities TO console_own, console_all")
    op.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON identities TO console_admin")
    op.execute("ALTER TABLE identities ENABLE ROW LEVEL SECURITY")
    for policy in POLICIES:
        op.execute(policy)


def downgrade() -> None:
    op.drop_table("identities")
