"""The processes that are measured: started, watched while something is waited for, and ended."""

import os
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import logins
from bench.errors import BenchError
from bench.server import HOOK_KEY, SECRET_KEY
from config import ROOT
from demo.processes import Child, Children
from services.database_logins import Process

TICK_S = 0.05
"""How often it is looked whether something that is waited for has come."""
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
"""What a process is told of the shell's environment: no setting of the console's and no proxy."""


@contextmanager
def process(
    folder: Path,
    name: str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    inherited: tuple[int, ...] = (),
) -> Iterator[Child]:
    """Run Python with these arguments until the block ends.

    Args:
        inherited: file descriptors that it finds under the same numbers.
    """
    children = Children(folder)
    kept = {key: os.environ[key] for key in KEPT if key in os.environ}
    try:
        yield children.start(
            name,
            [sys.executable, *arguments],
            environment=kept | {"PYTHONUNBUFFERED": "1"} | dict(environment or {}),
            cwd=ROOT,
            inherited=inherited,
        )
    finally:
        children.stop()


@contextmanager
def worker(folder: Path, database_url: str, **settings: int) -> Iterator[Child]:
    """A worker, as `make worker` starts it, which may call this machine.

    Args:
        settings: as the environment names them, in small letters: `host_rate=10_000`.
    """
    environment = {
        "DATABASE_URL": database_url,
        "WORKER_DATABASE_URL": logins.url_in_own(database_url, Process.WORKER),
        "SECRET_KEY": SECRET_KEY,
        "HOOK_KEYS": HOOK_KEY,
        "EGRESS_ALLOW": "127.0.0.0/8",
        **{name.upper(): str(value) for name, value in settings.items()},
    }
    with process(folder, "worker", "worker.py", environment=environment) as child:
        yield child


@contextmanager
def receiver(folder: Path, delays_s: Mapping[str, float]) -> Iterator[dict[str, str]]:
    """A receiver that listens on loopback addresses and answers each after its delay; what hooks there begin with."""
    listeners = {host: socket.create_server((host, 0), backlog=1_000) for host in delays_s}
    try:
        arguments = [f"{listener.fileno()}:{delays_s[host]}" for host, listener in listeners.items()]
        inherited = tuple(listener.fileno() for listener in listeners.values())
        with process(folder, "receiver", "-m", "bench.receiver", *arguments, inherited=inherited):
            yield {host: f"http://{host}:{listener.getsockname()[1]}" for host, listener in listeners.items()}
    finally:
        for listener in listeners.values():
            listener.close()


def wait_until(holds: Callable[[], object], child: Child, *, within_s: float, what: str) -> None:
    """Wait for something that a process brings about.

    Raises:
        BenchError: the process ended, or it does not come true in time.
    """
    deadline = time.monotonic() + within_s
    while not holds():
        if child.has_ended:
            raise BenchError(f"The {child.name} process ended: {child.last_words()}")
        if time.monotonic() > deadline:
            raise BenchError(f"{what} did not happen within {within_s:g} s.")
        time.sleep(TICK_S)
