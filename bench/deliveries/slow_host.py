"""What a slow host costs the others."""

from collections.abc import Sequence
from functools import partial

import psycopg

from bench.deliveries import rows
from bench.deliveries.deliver import LIMIT_S, deliver, warm_up
from bench.deliveries.rows import SECTION
from bench.figure import Figure, at_least, median_ratio, rounded
from bench.processes import receiver, wait_until, worker
from bench.stage import Stage
from demo.processes import Child

GOOD = [f"127.0.0.{number}" for number in range(1, 10)]
SLOW = "127.0.0.10"
SLOW_S = 10.0
EACH = 120
"""Deploys of each host."""
SETTINGS = {"host_rate": 10_000}
TARGET = at_least(90)
HOW = f"""\
Ten hosts on loopback (127.0.0.1 to 127.0.0.10), of which the last answers after {SLOW_S:g} s and the others at once.
Each of the good ones has {EACH} deploys in both runs, the slow one as many in the one and none in the other. The clock
runs from the commit that queues them all to the last recorded outcome of the good hosts. All settings are the defaults,
so that a worker has 100 POSTs under way and at most 10 at one host, but for `HOST_RATE`, which is 10,000, so that only
places count."""


def measure(stage: Stage) -> Sequence[Figure]:
    with (
        receiver(stage.folder, dict.fromkeys(GOOD, 0.0) | {SLOW: SLOW_S}) as bases,
        stage.server.copy_of() as url,
        worker(stage.folder, url, **SETTINGS) as child,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        good, slow = [bases[host] for host in GOOD], [bases[SLOW]]
        warm_up(connection, child, good)
        rate = partial(_rate_of_good, connection, child, good)
        pairs = stage.pairs(
            "Deliveries to nine hosts beside a slow one",
            "a second",
            measured=lambda: rate(beside=slow),
            limit=rate,
        )
    beside = "Rate of nine hosts while a tenth answers in 10 s, of their rate without it"
    return [Figure(SECTION, beside, rounded(100 * median_ratio(pairs)), "%", TARGET, HOW)]


def _rate_of_good(
    connection: psycopg.Connection, child: Child, good: Sequence[str], *, beside: Sequence[str] = ()
) -> float:
    count = EACH * len(good)
    seconds = deliver(connection, child, good, count, beside=beside)
    if beside:
        _end(connection, child, beside)
    return count / seconds


def _end(connection: psycopg.Connection, child: Child, slow: Sequence[str]) -> None:
    """Cancel what waits for the slow host, and wait for what is under way there."""
    connection.execute(
        "UPDATE deploys SET status = 'cancelled', next_attempt_at = NULL WHERE status IN ('queued', 'retry_scheduled')"
    )
    wait_until(lambda: not rows.are_live(connection, slow), child, within_s=LIMIT_S, what="The slow host's last answer")
