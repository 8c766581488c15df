"""Acts on many records as jobs of the worker."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
EVENTS = {"insert": "NEW", "update": "NEW", "delete": "OLD"}


def upgrade() -> None:
    _create_jobs()
    op.create_table(
        "bulk_items",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("status IN ('waiting', 'done', 'skipped', 'failed')", name=op.f("ck_bulk_items_status")),
        sa.ForeignKeyConstraint(["job_id"], ["bulk_jobs.id"], name=op.f("fk_bulk_items_job_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("job_id", "position", name=op.f("pk_bulk_items")),
    )
    op.create_index("ix_bulk_items_job_id_status_position", "bulk_items", ["job_id", "status", "position"])
    _tell_of_jobs()


def _create_jobs() -> None:
    op.create_table(
        "bulk_jobs",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="running", nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("list_name", sa.Text(), nullable=False),
        sa.Column("list_url", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("skipped", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("undo_of", sa.Uuid(), nullable=True),
        sa.Column("retry_of", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("began_at", MOMENT, nullable=True),
        sa.Column("moved_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "status IN ('running', 'cancelled', 'halted', 'finished')", name=op.f("ck_bulk_jobs_status")
        ),
        sa.ForeignKeyConstraint(["undo_of"], ["bulk_jobs.id"], name=op.f("fk_bulk_jobs_undo_of")),
        sa.ForeignKeyConstraint(["retry_of"], ["bulk_jobs.id"], name=op.f("fk_bulk_jobs_retry_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_jobs")),
    )
    newest = sa.text("created_at DESC")
    op.create_index("ix_bulk_jobs_created_at_id", "bulk_jobs", [newest, sa.text("id DESC")])
    op.create_index("ix_bulk_jobs_actor_id_created_at", "bulk_jobs", ["actor_id", newest])
    op.create_index("ix_bulk_jobs_running", "bulk_jobs", ["created_at"], postgresql_where=sa.text("status = 'running'"))
    op.create_index("ix_bulk_jobs_undo_of", "bulk_jobs", ["undo_of"], postgresql_where=sa.text("undo_of IS NOT NULL"))


def _tell_of_jobs() -> None:
    """As revision 0006 does of the other kinds."""
    op.execute(
        """
        CREATE FUNCTION console_notify_bulk_job() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM console_notify('bulk_job', TG_OP, array_agg(changed.id), array_agg(changed.actor_id)) FROM changed;
            RETURN NULL;
        END $$
        """
    )
    for event, rows in EVENTS.items():
        op.execute(
            f"CREATE TRIGGER bulk_jobs_notify_{event} AFTER {event} ON bulk_jobs REFERENCING {rows} TABLE AS changed "
            "FOR EACH STATEMENT EXECUTE FUNCTION console_notify_bulk_job()"
        )
    op.execute(
        "CREATE TRIGGER bulk_jobs_notify_truncate AFTER TRUNCATE ON bulk_jobs "
        "FOR EACH STATEMENT EXECUTE FUNCTION console_notify_truncate('bulk_job')"
    )


def downgrade() -> None:
    op.drop_table("bulk_items")
    op.drop_table("bulk_jobs")
    op.execute("DROP FUNCTION console_notify_bulk_job()")
