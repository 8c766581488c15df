"""How fast one worker delivers."""

import subprocess
import sys
from collections.abc import Sequence
from statistics import median

import psycopg

from bench.deliveries.deliver import LIMIT_S, WARM_UP, deliver, warm_up
from bench.deliveries.rows import SECTION
from bench.errors import BenchError
from bench.figure import Figure, at_least, median_ratio, rounded
from bench.processes import receiver, worker
from bench.stage import Stage
from config import ROOT

COUNT = 600
CONCURRENCY = 50
SETTINGS = {"deploy_concurrency": CONCURRENCY, "host_concurrency": CONCURRENCY, "host_rate": 10_000}
TARGET = at_least(40)
HOW = f"""\
One `python worker.py` against a bare `httpx.AsyncClient` that POSTs in a loop over a pool of kept connections, each in
a process of its own, to the same receiver on loopback, with {CONCURRENCY} POSTs under way and bodies of the same
length. The worker's clock runs from the commit that queues {COUNT} deploys, while it is up and idle, to the last
recorded outcome: it claims each deploy, writes its attempt, opens a connection that the egress policy permits, POSTs,
and records what came of it. The loop's runs from the first of {COUNT} POSTs to the last answer. Each made {WARM_UP}
POSTs before. `DEPLOY_CONCURRENCY` and `HOST_CONCURRENCY` are {CONCURRENCY} and `HOST_RATE` 10,000, so that none of them
bounds. The loop is the slower one because httpx's pool goes through all its connections for every POST; with one POST
at a time it is two to three times as fast as with 50."""


def measure(stage: Stage) -> Sequence[Figure]:
    with (
        receiver(stage.folder, {"127.0.0.1": 0}) as bases,
        stage.server.copy_of() as url,
        worker(stage.folder, url, **SETTINGS) as child,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        [base] = bases.values()
        warm_up(connection, child, [base])
        pairs = stage.pairs(
            "Deliveries of one worker",
            "a second",
            measured=lambda: COUNT / deliver(connection, child, [base], COUNT),
            limit=lambda: COUNT / bare(f"{base}/deploy/0123456789abcdef0123456789abcdef"),
        )
    of_loop = "Rate of one worker, of a bare httpx.AsyncClient loop's"
    return [
        Figure(SECTION, of_loop, rounded(100 * median_ratio(pairs)), "%", TARGET, HOW),
        Figure(SECTION, "Rate of one worker", rounded(median(pair.measured for pair in pairs)), "deliveries/s"),
        Figure(SECTION, "Rate of the bare loop", rounded(median(pair.limit for pair in pairs)), "POSTs/s"),
    ]


def bare(url: str) -> float:
    """The seconds that the bare loop takes.

    Raises:
        BenchError: it failed.
    """
    command = [sys.executable, "-m", "bench.bare", url, str(COUNT), str(CONCURRENCY)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    if ended.returncode:
        raise BenchError(f"The bare loop failed: {ended.stderr.strip().rpartition(chr(10))[2]}")
    return float(ended.stdout)
