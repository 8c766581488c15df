"""Web processes that are measured, each as `make web` starts it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

import httpx
import psutil

import logins
from bench.processes import process, wait_until
from bench.server import HOOK_KEY, SECRET_KEY
from demo.processes import Child
from services.database_logins import Process
from settings.network import RATE_LIMIT, RateLimits

START_S = 60
"""How long web may take to start."""
UNREACHED = ",".join(f"{limit.name}={RATE_LIMIT}" for limit in fields(RateLimits))
"""Limits that count each request, as in service, and are met by nobody, however often one person asks."""


@dataclass(frozen=True)
class Served:
    """Who serves, and where."""

    child: Child
    port: int

    @property
    def process(self) -> psutil.Process:
        """The one process that serves; gunicorn's other one only watches it."""
        [serving] = psutil.Process(self.child.process.pid).children()
        return serving


@contextmanager
def serving(folder: Path, database_url: str, *, name: str = "web", app: str | None = None) -> Iterator[Served]:
    """One web process with gunicorn's settings of the console, until the block ends.

    Args:
        app: another application than the console.
    """
    port = _free_port()
    environment = {"DATABASE_URL": database_url, "SECRET_KEY": SECRET_KEY, "HOOK_KEYS": HOOK_KEY}
    environment |= {"WEB_DATABASE_URL": logins.url_in_own(database_url, Process.WEB)}
    environment |= {"PORT": str(port), "WEB_WORKERS": "1", "RATE_LIMITS": UNREACHED}
    with process(folder, name, "-m", "gunicorn", *([app] if app else []), environment=environment) as child:
        wait_until(lambda: _answers(port), child, within_s=START_S, what="Web's start")
        yield Served(child, port)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", trust_env=False).status_code < 500
    except httpx.TransportError:
        return False
