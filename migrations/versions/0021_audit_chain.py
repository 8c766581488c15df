"""The audit trail is only added to, and sealed into a chain."""

from pathlib import Path

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    script = Path(__file__).with_name("0021_audit_chain.sql").read_text(encoding="utf-8")
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))


def downgrade() -> None:
    for name in ("audit_events_delete_of_kept", "audit_events_delete", "audit_events_append_only"):
        op.execute(f"DROP TRIGGER {name} ON audit_events")
    for table in ("audit_purges", "audit_links", "audit_seals"):
        op.drop_table(table)
    for function in ("console_check_purge", "console_refuse_delete_of_kept", "console_refuse_delete"):
        op.execute(f"DROP FUNCTION {function}()")
    op.execute("DROP FUNCTION console_failed_sign_ins(text, integer)")
    op.drop_index("ix_audit_events_xid", "audit_events")
    op.drop_column("audit_events", "xid")
    op.drop_column("audit_events", "request_id")
    op.execute(
        "CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_events "
        "FOR EACH STATEMENT EXECUTE FUNCTION console_refuse_change()"
    )
