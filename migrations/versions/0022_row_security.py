"""Roles of the database that see no more than the person who asks."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ROLES = (
    "console_nobody",
    "console_own",
    "console_all",
    "console_admin",
    "console_worker",
    "console_upkeep",
    "console_listener",
)
MAY_BECOME = """
CREATE FUNCTION console_may_become(role text) RETURNS boolean LANGUAGE sql
    AS $$ SELECT pg_has_role(current_user, role, '{privilege}') $$
"""
"""Before PostgreSQL 16, members of a role may always become it."""


def upgrade() -> None:
    connection = op.get_bind()
    version = connection.scalar(sa.text("SELECT current_setting('server_version_num')::int"))
    op.execute(MAY_BECOME.format(privilege="SET" if version >= 160_000 else "MEMBER"))
    script = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    connection.exec_driver_sql(script.replace("%", "%%"))
    op.execute("DROP FUNCTION console_may_become(text)")


def downgrade() -> None:
    """The roles stay: they are the server's, other databases may use them, and without rights they are nothing."""
    connection = op.get_bind()
    roles = ", ".join(ROLES)
    op.execute(f"ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM {roles}")
    op.execute(f"ALTER DEFAULT PRIVILEGES REVOKE ALL ON SEQUENCES FROM {roles}")
    schema = connection.scalar(sa.text("SELECT quote_ident(current_schema())"))
    for policy in connection.execute(sa.text(POLICIES)).all():
        op.execute(f'DROP POLICY "{policy.name}" ON {policy.table}')
    for table in connection.scalars(sa.text(WITHOUT_POLICIES)).all():
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute("DROP FUNCTION console_person()")
    for things in (f"ALL TABLES IN SCHEMA {schema}", f"ALL SEQUENCES IN SCHEMA {schema}", f"SCHEMA {schema}"):
        op.execute(f"REVOKE ALL ON {things} FROM {roles}")


POLICIES = """
SELECT p.polname AS name, p.polrelid::regclass::text AS table FROM pg_policy p
WHERE p.polroles && ARRAY(SELECT r.oid FROM pg_roles r WHERE r.rolname LIKE 'console\\_%')
"""
WITHOUT_POLICIES = """
SELECT c.oid::regclass::text FROM pg_class c
WHERE c.relrowsecurity AND c.relnamespace = current_schema()::regnamespace
AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
"""
