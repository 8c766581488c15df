"""The time that a worker takes for deploys, from the commit that queues them to the last recorded outcome."""

import time
from collections.abc import Sequence

import psycopg

from bench.deliveries import rows
from bench.errors import BenchError
from bench.processes import wait_until
from demo.processes import Child
from models import DeployStatus

LIMIT_S = 60
"""How long any of it may take before it is given up."""
WARM_UP = 50
"""Deploys that a worker delivers before the clock first starts."""
REST_S = 1.0


def deliver(
    connection: psycopg.Connection, worker: Child, bases: Sequence[str], count: int, *, beside: Sequence[str] = ()
) -> float:
    """Queue deploys to a worker that is idle, and wait for their outcomes.

    Args:
        connection: one that commits by itself.
        bases: what their hooks begin with.
        beside: of hosts that get as many each and are not waited for.

    Returns:
        Seconds.

    Raises:
        BenchError: it took too long, or not all of them succeeded.
    """
    succeeded = rows.count(connection, DeployStatus.SUCCEEDED)
    with connection.transaction():
        if beside:
            rows.add(connection, beside, count // len(bases) * len(beside))
        rows.add(connection, bases, count)
        began = time.perf_counter()
    wait_until(lambda: not rows.are_live(connection, bases), worker, within_s=LIMIT_S, what="Delivery")
    seconds = time.perf_counter() - began
    if not beside and rows.count(connection, DeployStatus.SUCCEEDED) - succeeded != count:
        raise BenchError("Not all deploys were delivered at the first attempt.")
    return seconds


def warm_up(connection: psycopg.Connection, worker: Child, bases: Sequence[str]) -> None:
    """Have the worker deliver a few, and wait until it is idle again."""
    deliver(connection, worker, bases, WARM_UP)
    time.sleep(REST_S)
