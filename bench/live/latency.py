"""How soon listeners hear of a commit."""

import random
import time
from collections.abc import Sequence
from statistics import median, quantiles

from bench.deliveries import rows
from bench.figure import Figure, at_most, rounded
from bench.live.listeners import Listeners, listening
from bench.live.web import EACH, Web, web
from bench.stage import Stage

SECTION = "live"
LISTENERS = 1_000
COMMITS = 50
PAUSE_S = 0.3
MS = 1_000
TARGET = at_most(500)
HOW = f"""\
A new web process for each run, as `make web` starts it, with {LISTENERS:,} listeners on loopback who see all: {EACH}
connections each of as many people as that takes, held by one thread of another process. {COMMITS} deploys change, one
after another, at random moments up to {PAUSE_S:g} s after all have heard of the one before. The clock runs from the
moment at which the statement that changes one, and commits by itself, is sent, to that at which the event that names it
is read from a listener's connection. A run is the 99th percentile of its {COMMITS * LISTENERS:,} times, and the figure
the median of the runs. Beside it is the same with one listener."""
CHANGE = "UPDATE deploys SET actor = %s WHERE id = %s"


def measure(stage: Stage) -> Sequence[Figure]:
    pairs = stage.pairs(
        f"From COMMIT to the event, 99th percentile, at {LISTENERS:,} listeners and at one",
        "ms",
        measured=lambda: _p99_ms(stage, LISTENERS),
        limit=lambda: _p99_ms(stage, 1),
    )
    many, one = median(pair.measured for pair in pairs), median(pair.limit for pair in pairs)
    name = "From COMMIT to the event, 99th percentile"
    return [
        Figure(SECTION, f"{name}, at {LISTENERS:,} listeners", rounded(many), "ms", TARGET, HOW),
        Figure(SECTION, f"{name}, at one listener", rounded(one), "ms"),
    ]


def _p99_ms(stage: Stage, count: int) -> float:
    with web(stage, count) as place:
        rows.add(place.connection, ["http://hooks.example.com"], COMMITS)
        with listening(place.port, place.tokens) as listeners:
            time.sleep(PAUSE_S)
            times = [MS * time_s for deploy_id in _deploys(place) for time_s in _times(place, listeners, deploy_id)]
    middle, highest = median(times), max(times)
    stage.say(f"{count:,} listeners: median {middle:,.0f} ms, at most {highest:,.0f} ms")
    return quantiles(times, n=100, method="inclusive")[98]


def _deploys(place: Web) -> list[str]:
    return [str(deploy_id) for (deploy_id,) in place.connection.execute("SELECT id FROM deploys").fetchall()]


def _times(place: Web, listeners: Listeners, deploy_id: str) -> list[float]:
    """The seconds after which each listener hears of a change."""
    time.sleep(random.uniform(0, PAUSE_S))  # noqa: S311 - it only spreads commits over the web process's windows
    began = time.perf_counter()
    place.connection.execute(CHANGE, [deploy_id, deploy_id])
    return [at - began for at in listeners.arrivals(deploy_id.encode())]
