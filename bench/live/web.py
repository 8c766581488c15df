"""A web process as `make web` starts it, on a database with people who listen and a deploy that changes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil
import psycopg

from app import create_app
from bench.server import HOOK_KEY, SECRET_KEY
from bench.serving import Served, serving
from bench.stage import Stage
from commands.terminal import TERMINAL
from config import Settings, sqlalchemy_url
from extensions import database
from models import TokenScope
from people import api_tokens

EACH = 10
"""Listeners of one person."""
PEOPLE = """
    INSERT INTO users (email, role, active, fs_uniquifier)
    SELECT 'operator' || n || '@example.com', 'operator', true, gen_random_uuid() FROM generate_series(1, %s) AS n
    RETURNING email
"""


@dataclass(frozen=True)
class Web:
    """What is measured, and those who listen to it."""

    served: Served
    tokens: tuple[str, ...]
    """One for each listener."""
    connection: psycopg.Connection
    """One that commits by itself."""

    @property
    def port(self) -> int:
        return self.served.port

    @property
    def process(self) -> psutil.Process:
        return self.served.process


@contextmanager
def web(stage: Stage, listeners: int) -> Iterator[Web]:
    """A web process for so many listeners, until the block ends."""
    with stage.server.copy_of() as url, psycopg.connect(url, autocommit=True) as connection:
        tokens = _tokens(url, [email for (email,) in connection.execute(PEOPLE, [-(-listeners // EACH)])])
        with serving(stage.folder, url) as served:
            yield Web(served, tuple(token for token in tokens for _ in range(EACH))[:listeners], connection)


def _tokens(url: str, emails: list[str]) -> list[str]:
    app = create_app(Settings(database_url=sqlalchemy_url(url), secret_key=SECRET_KEY, hook_keys=(HOOK_KEY,)))
    with app.app_context():
        tokens = [
            api_tokens.make_token(email, name="Bench", scope=TokenScope.READ, days=7, actor=TERMINAL)
            for email in emails
        ]
        database.session.remove()
        database.engine.dispose()
    return tokens
