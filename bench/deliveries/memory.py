"""How a worker's memory depends on how much waits."""

import time
from collections.abc import Sequence
from contextlib import suppress
from statistics import median

import psutil
import psycopg

from bench.deliveries import rows
from bench.deliveries.deliver import LIMIT_S
from bench.deliveries.rows import SECTION
from bench.figure import Figure, at_most, median_difference, rounded
from bench.processes import TICK_S, receiver, wait_until, worker
from bench.server import TABLES
from bench.stage import Stage
from demo.processes import Child
from models import DeployStatus

FEW = 100
MANY = 100_000
DELIVERING_S = 5.0
MB = 1_000_000
QUEUED = "console_queued"
SETTINGS = {"host_concurrency": 50, "host_rate": 10_000}
TARGET = at_most(20)
HOW = f"""\
A new worker for each measurement, for which {FEW} or {MANY:,} deploys are queued when it starts, and which delivers for
{DELIVERING_S:g} s from its first outcome on, to a receiver on loopback; where there are {FEW}, they are filled up again
every {1000 * TICK_S:g} ms, so that both workers do the same. Its memory is the resident set (RSS) of the process and
of all that it started, as psutil tells it, at its highest. `HOST_CONCURRENCY` is 50 and `HOST_RATE` 10,000."""


def measure(stage: Stage) -> Sequence[Figure]:
    with receiver(stage.folder, {"127.0.0.1": 0}) as bases:
        [base] = bases.values()
        _prepare(stage, base)
        pairs = stage.pairs(
            f"Memory of a worker with {MANY:,} queued and with {FEW}",
            "MB",
            measured=lambda: _peak_mb(stage, QUEUED, base),
            limit=lambda: _peak_mb(stage, TABLES, base),
        )
        stage.server.drop(QUEUED)
    more = f"More memory of a worker, {FEW} → {MANY:,} queued"
    return [
        Figure(SECTION, more, rounded(median_difference(pairs)), "MB", TARGET, HOW),
        Figure(SECTION, f"Memory of a worker with {FEW} queued", rounded(median(pair.limit for pair in pairs)), "MB"),
    ]


def _prepare(stage: Stage, base: str) -> None:
    stage.say(f"Queueing {MANY:,} deploys …")
    with psycopg.connect(stage.server.create(QUEUED, template=TABLES), autocommit=True) as connection:
        rows.add(connection, [base], MANY)
        connection.execute("VACUUM (ANALYZE)")


def _peak_mb(stage: Stage, template: str, base: str) -> float:
    """The most memory that a worker takes on a copy of a database, which holds what is queued or has it filled up."""
    with stage.server.copy_of(template) as url, psycopg.connect(url, autocommit=True) as connection:
        _fill_up(connection, base)
        with worker(stage.folder, url, **SETTINGS) as child:
            wait_until(
                lambda: rows.count(connection, DeployStatus.SUCCEEDED), child, within_s=LIMIT_S, what="A delivery"
            )
            return _watch(child, connection, base) / MB


def _watch(child: Child, connection: psycopg.Connection, base: str) -> int:
    """The highest of many looks, in bytes."""
    peak = 0
    deadline = time.monotonic() + DELIVERING_S
    while time.monotonic() < deadline:
        peak = max(peak, resident(psutil.Process(child.process.pid)))
        _fill_up(connection, base)
        time.sleep(TICK_S)
    return peak


def _fill_up(connection: psycopg.Connection, base: str) -> None:
    """See to it that at least the few are queued."""
    missing = FEW - rows.count(connection, DeployStatus.QUEUED)
    if missing > 0:
        rows.add(connection, [base], missing)


def resident(process: psutil.Process) -> int:
    """The bytes in memory of a process and all that it started."""
    total: int = process.memory_info().rss
    for child in process.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            total += child.memory_info().rss
    return total
