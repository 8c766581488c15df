"""Texts that wait: those of new sessions are found at once, and indexed soon."""

from sqlalchemy import text

from services.database import DbSession

BATCH = 2_000
"""Texts that are indexed in one transaction: it takes some 0.2 s, for which who changes one of these sessions waits."""

_INDEX = text(
    """
    WITH taken AS (
        DELETE FROM waiting_texts
        WHERE ctid = ANY (ARRAY(SELECT ctid FROM waiting_texts LIMIT :most FOR UPDATE SKIP LOCKED))
        RETURNING session_id, user_id, text
    ), indexed AS (
        INSERT INTO session_texts (session_id, user_id, text)
        SELECT session_id, user_id, text FROM taken
        ON CONFLICT (session_id) DO NOTHING
    )
    SELECT count(*) FROM taken
    """
)
"""A text is in one of the tables for whoever reads both in one statement. Those that others have in hand stay."""


def index(db: DbSession, *, most: int = BATCH) -> int:
    """Move texts that wait to where an index knows them; how many there were.

    Args:
        most: how many are moved at most.
    """
    return db.scalar(_INDEX, {"most": most}) or 0
