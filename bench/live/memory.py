"""How much memory of the web process a listener takes."""

import time
from collections.abc import Sequence
from statistics import median

from bench.figure import Figure, at_most, median_difference, rounded
from bench.live.latency import SECTION
from bench.live.listeners import listening
from bench.live.web import Web, web
from bench.stage import Stage

FEW = 10
MANY = 1_000
SETTLED_S = 1.0
KB = 1_000
TARGET = at_most(60)
HOW = f"""\
A new web process for each measurement, as `make web` starts it, to which {FEW} or {MANY:,} people's connections listen;
{SETTLED_S:g} s after the last of them is ready, the memory is read that is the process's own (the unique set size,
without what it shares with the one that started it). The figure is the difference by the number of listeners more."""


def measure(stage: Stage) -> Sequence[Figure]:
    pairs = stage.pairs(
        f"Memory of a web process with {MANY:,} listeners and with {FEW}",
        "kB",
        measured=lambda: _own_kb(stage, MANY),
        limit=lambda: _own_kb(stage, FEW),
    )
    each = median_difference(pairs) / (MANY - FEW)
    few = median(pair.limit for pair in pairs) / KB
    return [
        Figure(SECTION, f"Memory of a listener, {FEW} → {MANY:,}", rounded(each), "kB", TARGET, HOW),
        Figure(SECTION, f"Memory of a web process with {FEW} listeners", rounded(few), "MB"),
    ]


def _own_kb(stage: Stage, count: int) -> float:
    with web(stage, count) as place, listening(place.port, place.tokens):
        time.sleep(SETTLED_S)
        return _own(place) / KB


def _own(place: Web) -> int:
    own: int = place.process.memory_full_info().uss
    return own
