"""A real worker for the length of a test."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic, sleep

import worker
from config import sqlalchemy_url


@contextmanager
def working(database_url: str, *, concurrency: int = 20) -> Iterator[None]:
    """Run a worker on the database until the block ends; what it POSTs by then is finished."""
    loop = asyncio.new_event_loop()
    stopping = asyncio.Event()
    thread = threading.Thread(
        target=loop.run_until_complete,
        args=(worker.run(sqlalchemy_url(database_url), concurrency=concurrency, stopping=stopping),),
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


def eventually(holds: Callable[[], object], *, within_s: float = 10) -> None:
    """Wait until `holds()` is true; fail once `within_s` seconds have passed."""
    deadline = monotonic() + within_s
    while not holds():
        assert monotonic() < deadline, f"It did not come true within {within_s:g} s."
        sleep(0.02)
