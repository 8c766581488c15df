"""What changed is told with whose it is, so that each listener hears of no more than they may see."""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OF_SESSION = "(SELECT parent.user_id FROM onboarding_sessions parent WHERE parent.id = changed.session_id)"
OF_DEPLOY = (
    "(SELECT parent.user_id FROM deploys deploy JOIN onboarding_sessions parent ON parent.id = deploy.session_id "
    "WHERE deploy.id = changed.deploy_id)"
)
OF_PROJECT = "(SELECT parent.owner_id FROM projects parent WHERE parent.id = changed.project_id)"
OF_ROOM = (
    "(SELECT parent.owner_id FROM rooms room JOIN projects parent ON parent.id = room.project_id "
    "WHERE room.id = changed.room_id)"
)
WATCHED = {
    "session": ("onboarding_sessions", "changed.user_id"),
    "project": ("projects", "changed.owner_id"),
    "deploy": ("deploys", OF_SESSION),
    "attempt": ("deploy_attempts", OF_DEPLOY),
    "room": ("rooms", OF_PROJECT),
    "room_state": ("room_states", OF_ROOM),
    "failure_group": ("failure_groups", "NULL::uuid"),
    "recovery": ("recoveries", "NULL::uuid"),
}
"""Each kind's table, and whose one of its rows is; subqueries, since a plan that joins may be kept and grow bad."""
EVENTS = {"insert": "NEW", "update": "NEW", "delete": "OLD"}
NEVER_DELETED = ("failure_group", "recovery")
"""Kinds whose deletes nobody was told of before."""
BEFORE = ("console_notify_new()", "console_notify_old()", "console_notify(text, text, uuid[])")


def upgrade() -> None:
    for function in BEFORE:
        op.execute(f"DROP FUNCTION {function} CASCADE")
    _run("0006_live.sql")
    for kind, (table, owner) in WATCHED.items():
        _create_function(kind, owner)
        for event, rows in EVENTS.items():
            op.execute(
                f"CREATE TRIGGER {table}_notify_{event} AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed "
                f"FOR EACH STATEMENT EXECUTE FUNCTION console_notify_{kind}()"
            )
        op.execute(
            f"CREATE TRIGGER {table}_notify_truncate AFTER TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION console_notify_truncate('{kind}')"
        )


def _create_function(kind: str, owner: str) -> None:
    op.execute(
        f"""
        CREATE FUNCTION console_notify_{kind}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM console_notify('{kind}', TG_OP, array_agg(changed.id), array_agg({owner})) FROM changed;
            RETURN NULL;
        END $$
        """
    )


def downgrade() -> None:
    for kind in WATCHED:
        op.execute(f"DROP FUNCTION console_notify_{kind}() CASCADE")
    op.execute("DROP FUNCTION console_notify_truncate() CASCADE")
    op.execute("DROP FUNCTION console_notify(text, text, uuid[], uuid[])")
    _run("0006_live_down.sql")
    for kind, (table, _) in WATCHED.items():
        for event, rows in EVENTS.items():
            if event != "delete" or kind not in NEVER_DELETED:
                name = rows.lower()
                op.execute(
                    f"CREATE TRIGGER {table}_notify_{event} AFTER {event} ON {table} "
                    f"REFERENCING {rows} TABLE AS {name}_rows "
                    f"FOR EACH STATEMENT EXECUTE FUNCTION console_notify_{name}('{kind}')"
                )


def _run(name: str) -> None:
    script = Path(__file__).with_name(name).read_text()
    op.get_bind().exec_driver_sql(script.replace("%", "%%"))
