"""Filling a database with records, by the million: sets of rows, without triggers, and indexes only afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from bench.records.words import HEADS, TAILS
from config import libpq_url
from services.seed.words import FIRST_NAMES, LAST_NAMES

TABLES = (
    "users",
    "onboarding_sessions",
    "session_texts",
    "projects",
    "deploys",
    "deploy_texts",
    "deploy_attempts",
    "metric_deltas",
)
SQL = Path(__file__).with_name("fill.sql").read_text(encoding="utf-8")
OPERATOR = "operator@bench.example.com"
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index i
    WHERE indrelid = ANY(%s::regclass[])
    AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
    ORDER BY 1
"""
"""Indexes that no constraint needs."""


@dataclass(frozen=True)
class Filled:
    """What is in a database."""

    sessions: int
    operator: str
    """What the sign-in of the operator goes by."""
    words: str
    """Two that a session is found by: one in its purpose, one in its person's name."""


def fill(url: str, sessions: int) -> Filled:
    """Fill an empty console with sessions of thirty days, a tenth as many people, projects, deploys and attempts."""
    with psycopg.connect(libpq_url(url), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '1GB'")
        connection.execute("SET synchronous_commit = off")
        _prepare(connection, sessions)
        with _without_indexes(connection):
            for statement in SQL.split(";\n"):
                connection.execute(statement)
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")
        return Filled(sessions, _operator(connection), _words(connection))


def _prepare(connection: psycopg.Connection, sessions: int) -> None:
    """What the statements ask: how many rows, and words."""
    counts = {"sessions": sessions, "tenth": max(sessions // 10, 1)}
    texts = {"heads": HEADS, "tails": TAILS, "first_names": FIRST_NAMES, "last_names": LAST_NAMES}
    for name, number in counts.items():
        _function(connection, name, "int", sql.SQL("SELECT {}").format(sql.Literal(number)))
    for name, words in texts.items():
        chosen = sql.SQL("SELECT (ARRAY[{}])[1 + floor(random() * {})::int]")
        literals = sql.SQL(", ").join(map(sql.Literal, words))
        _function(connection, name, "text", chosen.format(literals, sql.Literal(len(words))))
    _function(connection, "word", "text", sql.SQL("SELECT pg_temp.heads() || pg_temp.tails()"))
    connection.execute("SELECT setseed(0.5)")


def _function(connection: psycopg.Connection, name: str, returns: str, body: sql.SQL | sql.Composed) -> None:
    create = sql.SQL("CREATE FUNCTION pg_temp.{}() RETURNS {} LANGUAGE sql VOLATILE AS {}")
    connection.execute(
        create.format(sql.Identifier(name), sql.SQL(returns), sql.Literal(body.as_string(connection)))  # type: ignore[arg-type]
    )


@contextmanager
def _without_indexes(connection: psycopg.Connection) -> Iterator[None]:
    """Drop the tables' indexes, and build them anew after the block, which is quicker than to keep them up."""
    indexes = connection.execute(_INDEXES, [list(TABLES)]).fetchall()
    for name, _ in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.SQL(name)))
    yield
    for _, definition in indexes:
        connection.execute(sql.SQL(definition))


def _operator(connection: psycopg.Connection) -> str:
    """Sign an operator in; both that sign-in and what all of the person's go by have the same name."""
    inserted = connection.execute(
        "WITH person AS (INSERT INTO users (email, name, role, active, fs_uniquifier) "
        "VALUES (%s, 'Ola Operator', 'operator', true, gen_random_uuid()) RETURNING id, fs_uniquifier) "
        "INSERT INTO sign_ins (id, user_id, last_used_at, expires_at, ends_at) "
        "SELECT fs_uniquifier::uuid, id, now(), now() + interval '1 day', now() + interval '1 day' FROM person "
        "RETURNING id",
        [OPERATOR],
    ).fetchone()
    assert inserted is not None
    return str(inserted[0])


def _words(connection: psycopg.Connection) -> str:
    """Of a session in the middle of them."""
    found = connection.execute(
        "SELECT split_part(s.purpose, ' ', 2) || ' ' || split_part(u.name, ' ', 2) "
        "FROM onboarding_sessions s JOIN users u ON u.id = s.user_id WHERE s.created_at < now() - interval '15 days' "
        "ORDER BY s.updated_at DESC LIMIT 1"
    ).fetchone()
    assert found is not None
    return str(found[0])
