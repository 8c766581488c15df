"""A real worker for the length of a test."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

import worker
from config import Settings
from services.database_logins import Process
from tests import database_logins
from tests.vaults import HOOK_KEY, SECRET

LOOPBACK = (("127.0.0.0/8", None), ("::1", None))
"""What tests open to their workers, since their servers are on this machine."""


@contextmanager
def working(database_url: str, **settings: Any) -> Iterator[None]:
    """Run a worker by its own login until the block ends; what it POSTs by then is finished."""
    loop = asyncio.new_event_loop()
    stopping = asyncio.Event()
    usual = {"deploy_concurrency": 20, "host_concurrency": 20, "egress_allow": LOOPBACK}
    chosen = Settings(**usual | {"secret_key": SECRET, "hook_keys": (HOOK_KEY,)} | settings)
    thread = threading.Thread(
        target=loop.run_until_complete,
        args=(worker.run(chosen, database_logins.of(database_url, Process.WORKER), stopping=stopping),),
    )
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join(timeout=30)
        stuck = thread.is_alive()
        if not stuck:
            loop.close()
    assert not stuck, "The worker did not stop."


def eventually(holds: Callable[[], object], *, within_s: float = 10, every_s: float = 0.02) -> None:
    """Wait until `holds()` is true, asking every `every_s` seconds; fail once `within_s` seconds have passed."""
    deadline = monotonic() + within_s
    while not holds():
        assert monotonic() < deadline, f"It did not come true within {within_s:g} s."
        sleep(every_s)
