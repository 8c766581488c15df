"""What retention removes is as old as it says by the events’ own times, whatever the seal over them says."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_OLD_SEAL = """
        SELECT FROM audit_seals s
        WHERE s.seq = NEW.seq AND s.last_position = NEW.last_position
        AND s.sealed_at <= clock_timestamp() - make_interval(days => NEW.days)
"""
_NEW_EVENT = """
        SELECT FROM audit_links l JOIN audit_events e ON e.id = l.event_id
        WHERE l.position <= NEW.last_position AND e.at > clock_timestamp() - make_interval(days => NEW.days)
"""


def upgrade() -> None:
    # The times of seals are the sealer's to write; those of events are the database's clock, and nobody's to change.
    _replace(f"NOT EXISTS ({_OLD_SEAL}) OR EXISTS ({_NEW_EVENT})")


def downgrade() -> None:
    _replace(f"NOT EXISTS ({_OLD_SEAL})")


def _replace(is_refused: str) -> None:
    schema = op.get_bind().scalar(sa.text("SELECT quote_ident(current_schema())"))
    op.execute(f"""
        CREATE OR REPLACE FUNCTION console_check_purge() RETURNS trigger LANGUAGE plpgsql
        SET search_path = pg_catalog, {schema}, pg_temp AS $$
        BEGIN
            NEW.xid := pg_current_xact_id();
            IF {is_refused} THEN
                RAISE EXCEPTION 'What retention removes must be whole seals that are % days old', NEW.days
                    USING ERRCODE = 'insufficient_privilege';
            END IF;
            RETURN NEW;
        END $$
    """)
