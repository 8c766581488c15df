"""Indexes for the orders of lists."""

from alembic import op
from sqlalchemy import text

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BEGINNINGS = (("users", "email"), ("users", "name", "email"), ("projects", "title"), ("prompt_templates", "title"))
BEGINNINGS += (("rooms", "name"),)
BY_VALUE_AND_TIME = (
    ("projects", "combo_type", "updated_at"),
    ("project_configs", "deployment_target", "created_at"),
    ("prompt_templates", "combo_type", "created_at"),
    ("deploys", "host", "created_at"),
    ("audit_events", "tag", "at"),
)
BY_TIME = ("users", "project_configs", "prompt_templates")
WHERE_THERE_IS_ONE = (("deploys", "next_attempt_at"), ("onboarding_sessions", "deploy_triggered_at"))


def upgrade() -> None:
    for table, *columns in BEGINNINGS:
        op.create_index(
            f"ix_{table}_{'_'.join(columns)}_beginnings", table, [text(f"substr({name}, 1, 200)") for name in columns]
        )
    for table, column, at in BY_VALUE_AND_TIME:
        op.create_index(f"ix_{table}_{column}_{at}", table, [column, text(f"{at} DESC")])
    for table in BY_TIME:
        op.create_index(f"ix_{table}_created_at_id", table, [text("created_at DESC"), text("id DESC")])
    for table, column in WHERE_THERE_IS_ONE:
        op.create_index(f"ix_{table}_{column}", table, [column, "id"], postgresql_where=text(f"{column} IS NOT NULL"))
    op.create_index(
        "ix_users_role_created_at",
        "users",
        ["role", text("created_at DESC")],
        postgresql_where=text("role IS NOT NULL"),
    )
    op.create_index("ix_audit_events_actor_at", "audit_events", [text("substr(actor, 1, 200)"), text("at DESC")])


def downgrade() -> None:
    op.drop_index("ix_audit_events_actor_at", table_name="audit_events")
    op.drop_index("ix_users_role_created_at", table_name="users")
    for table, column in WHERE_THERE_IS_ONE:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
    for table in BY_TIME:
        op.drop_index(f"ix_{table}_created_at_id", table_name=table)
    for table, column, at in BY_VALUE_AND_TIME:
        op.drop_index(f"ix_{table}_{column}_{at}", table_name=table)
    for table, *columns in BEGINNINGS:
        op.drop_index(f"ix_{table}_{'_'.join(columns)}_beginnings", table_name=table)
