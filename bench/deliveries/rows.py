"""Deploys by the thousand, written straight into the tables."""

from collections.abc import Sequence
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from bench.server import HOOK_KEY, SECRET_KEY
from models import LIVE_STATUSES, DeployStatus, SessionStatus
from services import queue
from services.deploys.sealing import HookColumns, columns_of
from services.vault import Vault

SECTION = "deliveries"
VAULT = Vault([HOOK_KEY], secret=SECRET_KEY)
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
    INSERT INTO deploys (
        session_id, trigger, hook_sealed, hook_key, hook_digest, hook_masked, host,
        idempotency_key, status, next_attempt_at, fingerprint
    )
    SELECT id, 'api', (%(hook_sealed)s::text[])[place], (%(hook_key)s::text[])[place],
        (%(hook_digest)s::text[])[place], (%(hook_masked)s::text[])[place], (%(host)s::text[])[place],
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
    """Write deploys of as many sessions, and wake the workers; their hooks, one of each base, come by turns.

    Args:
        has_failed: they are dead-lettered, instead of queued.
    """
    values: dict[str, object] = {"bases": list(bases), "count": count, "has_failed": has_failed}
    hooks = [columns_of(VAULT, f"{base}/deploy/{uuid4().hex}") for base in bases]
    values |= {name: [getattr(hook, name) for hook in hooks] for name in HookColumns._fields}
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
