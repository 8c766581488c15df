"""Sessions that have just begun wait to be entered: into the index of texts, the history and the counter ledger.

Whoever reads one of these reads what waits too, in one statement, so that nothing is missed or found twice.
"""

from sqlalchemy import text

from services.database import DbSession

BATCH = 2_000
"""Sessions that are entered in one transaction: it takes some 0.2 s, for which who changes one of their texts waits."""

_ENTER = text(
    """
    WITH entered AS (
        DELETE FROM waiting_sessions
        WHERE ctid = ANY (ARRAY(SELECT ctid FROM waiting_sessions LIMIT :most FOR UPDATE SKIP LOCKED))
        RETURNING session_id, user_id, text, status, at, actor
    ), indexed AS (
        INSERT INTO session_texts (session_id, user_id, text)
        SELECT session_id, user_id, text FROM entered WHERE text <> ''
        ON CONFLICT (session_id) DO NOTHING
    ), remembered AS (
        INSERT INTO status_changes (subject_kind, subject_id, to_status, at, actor)
        SELECT 'session', session_id, status, at, actor FROM entered
    ), counted AS (
        INSERT INTO session_beginnings (status, hour, sessions)
        SELECT status, date_trunc('hour', at, 'UTC'), count(*) FROM entered GROUP BY 1, 2
    )
    SELECT count(*) FROM entered
    """
)
"""Those that others have in hand go on waiting."""


def enter(db: DbSession, *, most: int = BATCH) -> int:
    """Enter sessions that wait; how many there were.

    Args:
        most: how many are entered at most.
    """
    return db.scalar(_ENTER, {"most": most}) or 0
