"""A PostgreSQL that is thrown away: one server a run, and a new database of the console's for each measurement."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from flask_migrate import upgrade
from psycopg import sql

import logins
from app import create_app
from config import Settings, sqlalchemy_url
from embedded_database import start
from extensions import database

TABLES = "console_tables"
"""The database that holds the console's tables and nothing in them."""
SECRET_KEY = "a secret key that signs nothing but the bench's"  # noqa: S105 - it guards nothing
HOOK_KEY = "YSBrZXkgdGhhdCBndWFyZHMgbm8gaG9vayBhdCBhbGw="


class Server:
    """Databases on the run's server, each by its URL."""

    def __init__(self, url: str) -> None:
        self._url = url

    def url(self, name: str) -> str:
        return urlsplit(self._url)._replace(path=f"/{name}").geturl()

    def create(self, name: str, *, template: str | None = None) -> str:
        """Create a database, as a copy of `template` where one is named."""
        copy = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
        self._execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + copy)
        return self.url(name)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    @contextmanager
    def copy_of(self, template: str = TABLES) -> Iterator[str]:
        """A database for one measurement."""
        name = f"copy_{uuid4().hex}"
        url = self.create(name, template=template)
        self._execute(sql.SQL("CHECKPOINT"))  # so that none that the copy is to blame for falls into the measurement
        try:
            yield url
        finally:
            self.drop(name)

    def version(self) -> str:
        with psycopg.connect(self._url) as connection:
            return connection.info.parameter_status("server_version") or "unknown"

    def _execute(self, statement: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(statement)


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server with an empty console, until the block ends."""
    started = start(folder / "postgres")
    try:
        server = Server(started.get_uri())
        _migrate(server.create(TABLES))
        yield server
    finally:
        started.cleanup()


def _migrate(url: str) -> None:
    app = create_app(Settings(database_url=sqlalchemy_url(url), secret_key=SECRET_KEY, hook_keys=(HOOK_KEY,)))
    with app.app_context():
        upgrade()
        database.engine.dispose()
    logins.make_own(sqlalchemy_url(url))
