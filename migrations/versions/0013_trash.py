"""Deleted records kept to be restored; a record that comes back has its history already."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

FIRST_STATUS = """
CREATE OR REPLACE FUNCTION console_record_first_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {unless}INSERT INTO status_changes (subject_kind, subject_id, to_status, at, actor)
    SELECT TG_ARGV[0], n.id, n.status, n.created_at, nullif(current_setting('console.actor', true), '')
    FROM new_rows n;
    RETURN NULL;
END $$
"""
UNLESS_RESTORED = """-- The history outlives its subject, so that a restored one has its first status there already.
    IF current_setting('console.restoring', true) = 'on' THEN
        RETURN NULL;
    END IF;
    """


def upgrade() -> None:
    op.create_table(
        "trashed_records",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("rows", postgresql.JSONB(), nullable=False),
        sa.Column("lost_references", postgresql.JSONB(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_by", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_trashed_records"),
    )
    op.create_index(
        "ix_trashed_records_deleted_at_id", "trashed_records", [sa.text("deleted_at DESC"), sa.text("id DESC")]
    )
    op.create_index("ix_trashed_records_expires_at", "trashed_records", ["expires_at"])
    op.execute(FIRST_STATUS.format(unless=UNLESS_RESTORED))


def downgrade() -> None:
    op.execute(FIRST_STATUS.format(unless=""))
    op.drop_table("trashed_records")
