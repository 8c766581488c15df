"""The console as it is in service: gunicorn in a process of its own, on loopback."""

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import httpx

from config import ROOT
from services.database_logins import Process
from tests import database_logins
from tests.vaults import HOOK_KEY
from tests.workers import eventually

SECRET_KEY = "a secret key of the browser tests alone"


class Server:
    """Web on a port of its own, by its own login; it can be stopped and started again there."""

    def __init__(self, database_url: str, folder: Path, **environment: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.database_url = database_url
        self._log = folder / "web.log"
        self._environment = os.environ | {
            "DATABASE_URL": database_logins.of(database_url, Process.WEB),
            "SECRET_KEY": SECRET_KEY,
            "HOOK_KEYS": HOOK_KEY,
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "WEB_WORKERS": "1",
            "RATE_LIMITS": "off",
            "CONSOLE_DATA_DIR": str(folder),
            **environment,
        }
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """What it has said so far."""
        return self._log.read_text(encoding="utf-8")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn"],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        eventually(self._answers, within_s=60, every_s=0.05)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/healthz", trust_env=False).status_code == 200
        return False

    def stop(self) -> None:
        """End it at once, with all connections: listeners would have it wait for them."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
