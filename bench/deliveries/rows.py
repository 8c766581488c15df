"""Deploys by the thousand, written straight into the tables."""

from collections.abc import Sequence
from urllib.parse import urlsplit

import psycopg

from models import LIVE_STATUSES, DeployStatus, SessionStatus
from services import queue

SECTION = "deliveries"
LIVE = [status.value for status in LIVE_STATUSES]

_ADD = """
    WITH person AS (
        INSERT INTO users (email, fs_uniquifier) VALUES (gen_random_uuid() || '@example.com', gen_random_uuid())
        RETURNING id
    ), sessions AS (
        INSERT INTO onboarding_sessions (user_id, status, deploy_response)
        SELECT person.id, %(session_status)s, '{"ok": false, "status": 503, "body": "busy"}'
        FROM person, generate_series(1, %(count)s)
        RETURNING id
    ), numbered AS (
        SELECT id, (row_number() OVER () - 1) %% cardinality(%(bases)s::text[]) + 1 AS place FROM sessions
    )
    INSERT INTO deploys (session_id, trigger, hook_url, idempotency_key, status, next_attempt_at, fingerprint)
    SELECT id, 'api', (%(bases)s::text[])[place] || '/deploy/' || md5(id::text),
        'deploy_' || replace(id::text, '-', ''), %(status)s, CASE WHEN NOT %(has_failed)s THEN now() END,
        CASE WHEN %(has_failed)s THEN '1:' || md5(place::text) END
    FROM numbered
"""


def add(
    connection: psycopg.Connection,
    bases: Sequence[str],
    count: int,
    *,
    has_failed: bool = False,
) -> None:
    """Write deploys of as many sessions, and wake the workers; their hooks' URLs begin with the bases by turns.

    Args:
        has_failed: they are dead-lettered, instead of queued.
    """
    values: dict[str, object] = {"bases": list(bases), "count": count, "has_failed": has_failed}
    values["status"] = DeployStatus.DEAD_LETTERED if has_failed else DeployStatus.QUEUED
    values["session_status"] = SessionStatus.FAILED if has_failed else SessionStatus.COMPLETED
    connection.execute(_ADD, values)
    connection.execute("SELECT pg_notify(%s, '')", [queue.DELIVERIES])


def are_live(connection: psycopg.Connection, bases: Sequence[str]) -> bool:
    """Whether any deploy of these hosts has a POST to come or under way."""
    query = "SELECT EXISTS (SELECT FROM deploys WHERE status = ANY(%s) AND host = ANY(%s))"
    return bool(_scalar(connection, query, [LIVE, hosts_of(bases)]))


def count(connection: psycopg.Connection, status: DeployStatus) -> int:
    return _scalar(connection, "SELECT count(*) FROM deploys WHERE status = %s", [status])


def hosts_of(bases: Sequence[str]) -> list[str]:
    """As `deploys.host` names them."""
    return [urlsplit(base).netloc for base in bases]


def _scalar(connection: psycopg.Connection, query: str, values: list[object]) -> int:
    row = connection.execute(query, values).fetchone()
    return row[0] if row else 0
