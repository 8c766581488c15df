"""What delivery, failure groups and recovery need; deploys are their own queue from here on."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ERROR_KINDS = (
    "invalid_url",
    "resolve",
    "connect",
    "tls",
    "write",
    "read",
    "timeout",
    "protocol",
    "worker_lost",
)
HOST = r"coalesce(regexp_replace(lower(substring(hook_url from '^[^:]*://([^/?#\\]*)')), '\.?(:(80|443))?$', ''), '')"
WATCHED = {"failure_groups": "failure_group", "recoveries": "recovery"}
"""Tables whose changes are told to the pages that show them, and what they are told as."""


def upgrade() -> None:
    op.create_table(
        "delivery_pauses",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paused_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_pauses")),
    )
    op.create_index(
        "uq_delivery_pauses_host", "delivery_pauses", [sa.literal_column("coalesce(host, '')")], unique=True
    )
    op.create_table(
        "failure_groups",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("shape", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("status_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status_by", sa.Text(), nullable=True),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sample_attempt_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("status IN ('open', 'resolved', 'ignored')", name=op.f("ck_failure_groups_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failure_groups")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_failure_groups_fingerprint")),
    )
    op.create_index(
        "ix_failure_groups_last_seen_at_id",
        "failure_groups",
        [sa.literal_column("last_seen_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_failure_groups_status_last_seen_at",
        "failure_groups",
        ["status", sa.literal_column("last_seen_at DESC")],
        unique=False,
    )
    op.create_table(
        "gone_hooks",
        sa.Column("url_digest", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deploy_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("url_digest", name=op.f("pk_gone_hooks")),
    )
    op.create_table(
        "hook_hosts",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("max_in_flight", sa.Integer(), nullable=True),
        sa.Column("max_per_s", sa.Integer(), nullable=True),
        sa.Column("served_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rate_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("judged_from", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("max_in_flight >= 1", name=op.f("ck_hook_hosts_max_in_flight")),
        sa.CheckConstraint("max_per_s >= 1", name=op.f("ck_hook_hosts_max_per_s")),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_hook_hosts")),
    )
    op.create_table(
        "host_outcomes",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("host", "slot", name=op.f("pk_host_outcomes")),
    )
    op.create_table(
        "recoveries",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("status", sa.Text(), server_default="running", nullable=False),
        sa.Column("selection", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("halt_share", sa.Double(), nullable=False),
        sa.Column("wave", sa.Integer(), server_default="1", nullable=False),
        sa.Column("status_reason", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('running', 'paused', 'halted', 'aborted', 'finished')", name=op.f("ck_recoveries_status")
        ),
        sa.CheckConstraint("halt_share > 0 AND halt_share <= 1", name=op.f("ck_recoveries_halt_share")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recoveries")),
    )
    op.create_index(
        "ix_recoveries_created_at_id",
        "recoveries",
        [sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_recoveries_running",
        "recoveries",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("status = 'running'"),
    )
    op.create_table(
        "failure_group_hours",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["failure_groups.id"], name=op.f("fk_failure_group_hours_group_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("group_id", "hour", name=op.f("pk_failure_group_hours")),
    )
    op.create_table(
        "recovery_items",
        sa.Column("recovery_id", sa.Uuid(), nullable=False),
        sa.Column("deploy_id", sa.Uuid(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("attempt_number", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('waiting', 'queued', 'succeeded', 'failed', 'skipped')", name=op.f("ck_recovery_items_status")
        ),
        sa.ForeignKeyConstraint(
            ["deploy_id"], ["deploys.id"], name=op.f("fk_recovery_items_deploy_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recovery_id"], ["recoveries.id"], name=op.f("fk_recovery_items_recovery_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("recovery_id", "deploy_id", name=op.f("pk_recovery_items")),
    )
    op.create_index(
        "ix_recovery_items_recovery_id_wave_status", "recovery_items", ["recovery_id", "wave", "status"], unique=False
    )
    op.create_index(
        "uq_recovery_items_held_deploy",
        "recovery_items",
        ["deploy_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('waiting', 'queued')"),
    )
    op.create_index(
        "ix_deploy_attempts_fingerprint_started_at",
        "deploy_attempts",
        ["fingerprint", sa.literal_column("started_at DESC")],
        unique=False,
        postgresql_where=sa.text("fingerprint IS NOT NULL"),
    )
    op.add_column(
        "deploys",
        sa.Column(
            "host",
            sa.Text(),
            sa.Computed(
                HOST,
                persisted=True,
            ),
            nullable=False,
        ),
    )
    op.add_column("deploys", sa.Column("fingerprint", sa.Text(), nullable=True))
    op.create_index(
        "ix_deploys_fingerprint_status",
        "deploys",
        ["fingerprint", "status"],
        unique=False,
        postgresql_where=sa.text("fingerprint IS NOT NULL"),
    )
    op.create_index(
        "ix_deploys_in_flight", "deploys", ["host"], unique=False, postgresql_where=sa.text("status = 'in_flight'")
    )
    op.create_index(
        "ix_deploys_waiting",
        "deploys",
        ["host", "next_attempt_at", "id"],
        unique=False,
        postgresql_where=sa.text("status IN ('queued', 'retry_scheduled')"),
    )
    op.create_check_constraint(
        "next_attempt_at", "deploys", "next_attempt_at IS NOT NULL OR status NOT IN ('queued', 'retry_scheduled')"
    )
    _allow_error_kinds("egress_refused", *ERROR_KINDS)
    for table, kind in WATCHED.items():
        for op_name in ("insert", "update"):
            op.execute(
                f"CREATE TRIGGER {table}_notify_{op_name} AFTER {op_name} ON {table} REFERENCING NEW TABLE AS new_rows "
                f"FOR EACH STATEMENT EXECUTE FUNCTION console_notify_new('{kind}')"
            )
    op.execute("DELETE FROM pgqueuer WHERE entrypoint = 'deliver_deploy'")


def _allow_error_kinds(*kinds: str) -> None:
    choices = ", ".join(f"'{kind}'" for kind in kinds)
    op.drop_constraint("error_kind", "deploy_attempts", type_="check")
    op.create_check_constraint("error_kind", "deploy_attempts", f"error_kind IN ({choices})")


def downgrade() -> None:
    op.execute("DELETE FROM deploy_attempts WHERE error_kind = 'egress_refused'")
    _allow_error_kinds(*ERROR_KINDS)
    op.drop_constraint("next_attempt_at", "deploys", type_="check")
    op.drop_index(
        "ix_deploys_waiting", table_name="deploys", postgresql_where=sa.text("status IN ('queued', 'retry_scheduled')")
    )
    op.drop_index("ix_deploys_in_flight", table_name="deploys", postgresql_where=sa.text("status = 'in_flight'"))
    op.drop_index(
        "ix_deploys_fingerprint_status", table_name="deploys", postgresql_where=sa.text("fingerprint IS NOT NULL")
    )
    op.drop_column("deploys", "fingerprint")
    op.drop_column("deploys", "host")
    op.drop_index(
        "ix_deploy_attempts_fingerprint_started_at",
        table_name="deploy_attempts",
        postgresql_where=sa.text("fingerprint IS NOT NULL"),
    )
    op.drop_index(
        "uq_recovery_items_held_deploy",
        table_name="recovery_items",
        postgresql_where=sa.text("status IN ('waiting', 'queued')"),
    )
    op.drop_index("ix_recovery_items_recovery_id_wave_status", table_name="recovery_items")
    op.drop_table("recovery_items")
    op.drop_table("failure_group_hours")
    op.drop_index("ix_recoveries_running", table_name="recoveries", postgresql_where=sa.text("status = 'running'"))
    op.drop_index("ix_recoveries_created_at_id", table_name="recoveries")
    op.drop_table("recoveries")
    op.drop_table("host_outcomes")
    op.drop_table("hook_hosts")
    op.drop_table("gone_hooks")
    op.drop_index("ix_failure_groups_status_last_seen_at", table_name="failure_groups")
    op.drop_index("ix_failure_groups_last_seen_at_id", table_name="failure_groups")
    op.drop_table("failure_groups")
    op.drop_index("uq_delivery_pauses_host", table_name="delivery_pauses")
    op.drop_table("delivery_pauses")
