"""What a login that owns nothing can't do for itself, and what it must not have done for it."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

COUNTED = ("bulk_items", "recovery_items")
"""Tables into which one statement may write so much that what is planned next must know of it."""
WRITERS = "console_own, console_all, console_admin, console_worker"
DECIDING = ("console_refuse_delete()", "console_refuse_delete_of_kept()", "console_check_purge()")
"""Triggers that ask tables what may leave history."""


def upgrade() -> None:
    schema = op.get_bind().scalar(sa.text("SELECT quote_ident(current_schema())"))
    # Temporary tables come first unless they are named: one that is called as what is asked would answer in its place.
    for function in DECIDING:
        op.execute(f"ALTER FUNCTION {function} SET search_path = pg_catalog, {schema}, pg_temp")
    for table in COUNTED:
        # Only its owner may ANALYZE a table, and for everybody else PostgreSQL does nothing, and says so to nobody.
        op.execute(f"""
            CREATE FUNCTION console_analyze_{table}() RETURNS void LANGUAGE sql VOLATILE SECURITY DEFINER
            SET search_path = pg_catalog, {schema}, pg_temp AS 'ANALYZE (SKIP_LOCKED) {schema}.{table}'
        """)
        op.execute(f"REVOKE EXECUTE ON FUNCTION console_analyze_{table}() FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION console_analyze_{table}() TO {WRITERS}")


def downgrade() -> None:
    for table in COUNTED:
        op.execute(f"DROP FUNCTION console_analyze_{table}()")
    for function in DECIDING:
        op.execute(f"ALTER FUNCTION {function} RESET search_path")
