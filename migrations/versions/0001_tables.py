"""The tables of the wizard and of the console."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("before", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.create_index(
        "ix_audit_events_at_id",
        "audit_events",
        [sa.literal_column("at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_audit_events_subject_id_at", "audit_events", ["subject_id", sa.literal_column("at DESC")], unique=False
    )
    op.create_table(
        "metric_deltas",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("bucket", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delta", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metric_deltas")),
    )
    op.create_index(
        "ix_metric_deltas_metric_label_bucket", "metric_deltas", ["metric", "label", "bucket"], unique=False
    )
    op.create_table(
        "prompt_templates",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("combo_type", sa.Text(), server_default="all", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "combo_type IN ('enterprise', 'web', 'app', 'custom', 'all')", name=op.f("ck_prompt_templates_combo_type")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prompt_templates")),
    )
    op.create_table(
        "status_changes",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("from_status", sa.Text(), nullable=True),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.CheckConstraint("subject_kind IN ('session', 'project')", name=op.f("ck_status_changes_subject_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_changes")),
    )
    op.create_index("ix_status_changes_subject_id_at", "status_changes", ["subject_id", "at"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("fs_uniquifier", sa.Text(), nullable=True),
        sa.CheckConstraint("role IN ('member', 'viewer', 'operator', 'admin')", name=op.f("ck_users_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_users_fs_uniquifier")),
    )
    op.create_index("uq_users_email_lower", "users", [sa.literal_column("lower(email)")], unique=True)
    op.create_table(
        "onboarding_sessions",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("target_audience", sa.Text(), nullable=True),
        sa.Column("model_preference", sa.Text(), nullable=True),
        sa.Column("hosting_target", sa.Text(), nullable=True),
        sa.Column("api_provider", sa.Text(), nullable=True),
        sa.Column("api_key_last_four", sa.Text(), nullable=True),
        sa.Column("recommend_template_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), server_default="draft", nullable=False),
        sa.Column("vercel_hook_url", sa.Text(), nullable=True),
        sa.Column("deploy_triggered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deploy_response", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column(
            "metadata",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'completed', 'failed')", name=op.f("ck_onboarding_sessions_status")),
        sa.ForeignKeyConstraint(
            ["recommend_template_id"],
            ["prompt_templates.id"],
            name=op.f("fk_onboarding_sessions_recommend_template_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_onboarding_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onboarding_sessions")),
    )
    op.create_index(
        op.f("ix_onboarding_sessions_recommend_template_id"),
        "onboarding_sessions",
        ["recommend_template_id"],
        unique=False,
    )
    op.create_index(
        "ix_onboarding_sessions_status_updated_at",
        "onboarding_sessions",
        ["status", sa.literal_column("updated_at DESC")],
        unique=False,
    )
    op.create_index(
        "ix_onboarding_sessions_updated_at_id",
        "onboarding_sessions",
        [sa.literal_column("updated_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_onboarding_sessions_user_id_updated_at",
        "onboarding_sessions",
        ["user_id", sa.literal_column("updated_at DESC")],
        unique=False,
    )
    op.create_table(
        "deploys",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("hook_url", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_attempt_number", sa.Integer(), server_default="1", nullable=False),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('queued', 'in_flight', 'retry_scheduled', 'succeeded', 'dead_lettered', 'cancelled')",
            name=op.f("ck_deploys_status"),
        ),
        sa.CheckConstraint("trigger IN ('wizard', 'operator', 'recovery', 'api')", name=op.f("ck_deploys_trigger")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["onboarding_sessions.id"], name=op.f("fk_deploys_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deploys")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_deploys_idempotency_key")),
    )
    op.create_index(
        "ix_deploys_created_at_id",
        "deploys",
        [sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(
        "ix_deploys_session_id_created_at",
        "deploys",
        ["session_id", sa.literal_column("created_at DESC")],
        unique=False,
    )
    op.create_index(
        "ix_deploys_status_created_at", "deploys", ["status", sa.literal_column("created_at DESC")], unique=False
    )
    op.create_index(
        "uq_deploys_live_session",
        "deploys",
        ["session_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('queued', 'in_flight', 'retry_scheduled')"),
    )
    op.create_table(
        "projects",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("onboarding_session_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("combo_type", sa.Text(), server_default="custom", nullable=False),
        sa.Column("prompt_text", sa.Text(), nullable=True),
        sa.Column("stack", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), server_default="prompt_ready", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("combo_type IN ('enterprise', 'web', 'app', 'custom')", name=op.f("ck_projects_combo_type")),
        sa.CheckConstraint(
            "status IN ('prompt_ready', 'code_generated', 'deploy_configured', 'domain_ready')",
            name=op.f("ck_projects_status"),
        ),
        sa.ForeignKeyConstraint(
            ["onboarding_session_id"],
            ["onboarding_sessions.id"],
            name=op.f("fk_projects_onboarding_session_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_projects_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
    )
    op.create_index(op.f("ix_projects_onboarding_session_id"), "projects", ["onboarding_session_id"], unique=False)
    op.create_index(
        "ix_projects_owner_id_updated_at", "projects", ["owner_id", sa.literal_column("updated_at DESC")], unique=False
    )
    op.create_index(
        "ix_projects_status_updated_at", "projects", ["status", sa.literal_column("updated_at DESC")], unique=False
    )
    op.create_index(
        "ix_projects_updated_at_id",
        "projects",
        [sa.literal_column("updated_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "deploy_attempts",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("deploy_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_number", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("error_kind", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("response_excerpt", sa.Text(), nullable=True),
        sa.Column("retry_after_s", sa.Integer(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column(
            "ok",
            sa.Boolean(),
            sa.Computed(
                "CASE WHEN duration_ms IS NOT NULL THEN coalesce(status_code BETWEEN 200 AND 299, false) END",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "error_kind IN ('invalid_url', 'resolve', 'connect', 'tls', 'write', 'read', 'timeout', 'protocol',"
            " 'worker_lost')",
            name=op.f("ck_deploy_attempts_error_kind"),
        ),
        sa.CheckConstraint("attempt_number >= 1", name=op.f("ck_deploy_attempts_attempt_number")),
        sa.ForeignKeyConstraint(
            ["deploy_id"], ["deploys.id"], name=op.f("fk_deploy_attempts_deploy_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deploy_attempts")),
        sa.UniqueConstraint("deploy_id", "attempt_number", name=op.f("uq_deploy_attempts_deploy_id_attempt_number")),
    )
    op.create_index(
        "ix_deploy_attempts_failed_started_at",
        "deploy_attempts",
        [sa.literal_column("started_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("NOT ok"),
    )
    op.create_index(
        "ix_deploy_attempts_open_started_at",
        "deploy_attempts",
        [sa.literal_column("started_at DESC"), sa.literal_column("id DESC")],
        unique=False,
        postgresql_where=sa.text("ok IS NULL"),
    )
    op.create_index(
        "ix_deploy_attempts_started_at_id",
        "deploy_attempts",
        [sa.literal_column("started_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "project_configs",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("repo_url", sa.Text(), nullable=True),
        sa.Column("build_command", sa.Text(), nullable=True),
        sa.Column("output_dir", sa.Text(), nullable=True),
        sa.Column(
            "env_config",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("deployment_target", sa.Text(), server_default="vercel", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "deployment_target IN ('vercel', 'concept_aws', 'concept_netlify', 'concept_expo')",
            name=op.f("ck_project_configs_deployment_target"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_project_configs_project_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_configs")),
        sa.UniqueConstraint("project_id", name=op.f("uq_project_configs_project_id")),
    )
    op.create_table(
        "rooms",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_rooms_project_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rooms")),
    )
    op.create_index(op.f("ix_rooms_project_id"), "rooms", ["project_id"], unique=False)
    op.create_index(
        "ix_rooms_created_at_id",
        "rooms",
        [sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "room_participants",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["room_id"], ["rooms.id"], name=op.f("fk_room_participants_room_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_room_participants_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_participants")),
        sa.UniqueConstraint("room_id", "user_id", name=op.f("uq_room_participants_room_id_user_id")),
    )
    op.create_index(op.f("ix_room_participants_user_id"), "room_participants", ["user_id"], unique=False)
    op.create_table(
        "room_states",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("room_id", sa.Uuid(), nullable=False),
        sa.Column("current_prompt_text", sa.Text(), nullable=True),
        sa.Column("selected_combo_type", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "selected_combo_type IN ('enterprise', 'web', 'app', 'custom')",
            name=op.f("ck_room_states_selected_combo_type"),
        ),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_room_states_room_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_states")),
        sa.UniqueConstraint("room_id", name=op.f("uq_room_states_room_id")),
    )


def downgrade() -> None:
    op.drop_table("room_states")
    op.drop_index(op.f("ix_room_participants_user_id"), table_name="room_participants")
    op.drop_table("room_participants")
    op.drop_index("ix_rooms_created_at_id", table_name="rooms")
    op.drop_index(op.f("ix_rooms_project_id"), table_name="rooms")
    op.drop_table("rooms")
    op.drop_table("project_configs")
    op.drop_index("ix_deploy_attempts_started_at_id", table_name="deploy_attempts")
    op.drop_index(
        "ix_deploy_attempts_open_started_at", table_name="deploy_attempts", postgresql_where=sa.text("ok IS NULL")
    )
    op.drop_index(
        "ix_deploy_attempts_failed_started_at", table_name="deploy_attempts", postgresql_where=sa.text("NOT ok")
    )
    op.drop_table("deploy_attempts")
    op.drop_index("ix_projects_updated_at_id", table_name="projects")
    op.drop_index("ix_projects_status_updated_at", table_name="projects")
    op.drop_index("ix_projects_owner_id_updated_at", table_name="projects")
    op.drop_index(op.f("ix_projects_onboarding_session_id"), table_name="projects")
    op.drop_table("projects")
    op.drop_index(
        "uq_deploys_live_session",
        table_name="deploys",
        postgresql_where=sa.text("status IN ('queued', 'in_flight', 'retry_scheduled')"),
    )
    op.drop_index("ix_deploys_status_created_at", table_name="deploys")
    op.drop_index("ix_deploys_session_id_created_at", table_name="deploys")
    op.drop_index("ix_deploys_created_at_id", table_name="deploys")
    op.drop_table("deploys")
    op.drop_index("ix_onboarding_sessions_user_id_updated_at", table_name="onboarding_sessions")
    op.drop_index("ix_onboarding_sessions_updated_at_id", table_name="onboarding_sessions")
    op.drop_index("ix_onboarding_sessions_status_updated_at", table_name="onboarding_sessions")
    op.drop_index(op.f("ix_onboarding_sessions_recommend_template_id"), table_name="onboarding_sessions")
    op.drop_table("onboarding_sessions")
    op.drop_index("uq_users_email_lower", table_name="users")
    op.drop_table("users")
    op.drop_index("ix_status_changes_subject_id_at", table_name="status_changes")
    op.drop_table("status_changes")
    op.drop_table("prompt_templates")
    op.drop_index("ix_metric_deltas_metric_label_bucket", table_name="metric_deltas")
    op.drop_table("metric_deltas")
    op.drop_index("ix_audit_events_subject_id_at", table_name="audit_events")
    op.drop_index("ix_audit_events_at_id", table_name="audit_events")
    op.drop_table("audit_events")
