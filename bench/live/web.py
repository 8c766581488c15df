"""A web process as `make web` starts it, on a database with people who listen and a deploy that changes."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import psutil
import psycopg

import accounts
from app import create_app
from bench.processes import process, wait_until
from bench.server import SECRET_KEY
from bench.stage import Stage
from config import Settings, sqlalchemy_url
from demo.processes import Child
from extensions import database

EACH = 10
"""Listeners of one person."""
PEOPLE = """
    INSERT INTO users (email, role, active, fs_uniquifier)
    SELECT 'operator' || n || '@example.com', 'operator', true, gen_random_uuid() FROM generate_series(1, %s) AS n
    RETURNING email
"""
START_S = 60
"""How long web may take to start."""


@dataclass(frozen=True)
class Web:
    """What is measured, and those who listen to it."""

    child: Child
    port: int
    tokens: tuple[str, ...]
    """One for each listener."""
    connection: psycopg.Connection
    """One that commits by itself."""

    @property
    def process(self) -> psutil.Process:
        """The one process that serves; gunicorn's other one only watches it."""
        [serving] = psutil.Process(self.child.process.pid).children()
        return serving


@contextmanager
def web(stage: Stage, listeners: int) -> Iterator[Web]:
    """A web process for so many listeners, until the block ends."""
    with stage.server.copy_of() as url, psycopg.connect(url, autocommit=True) as connection:
        tokens = _tokens(url, [email for (email,) in connection.execute(PEOPLE, [-(-listeners // EACH)])])
        port = _free_port()
        environment = {"DATABASE_URL": url, "SECRET_KEY": SECRET_KEY, "PORT": str(port), "WEB_WORKERS": "1"}
        with process(stage.folder, "web", "-m", "gunicorn", environment=environment) as child:
            wait_until(lambda: _answers(port), child, within_s=START_S, what="Web's start")
            yield Web(child, port, tuple(token for token in tokens for _ in range(EACH))[:listeners], connection)


def _tokens(url: str, emails: list[str]) -> list[str]:
    app = create_app(Settings(database_url=sqlalchemy_url(url), secret_key=SECRET_KEY))
    with app.app_context():
        tokens = [accounts.make_token(email) for email in emails]
        database.session.remove()
        database.engine.dispose()
    return tokens


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False
