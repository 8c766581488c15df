"""What every section measures on: a server, a folder for its processes, and how often."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.figure import Pair
from bench.server import Server

ROWS = 1_000_000


@dataclass(frozen=True)
class Stage:
    """A section gets one and returns its figures."""

    server: Server
    folder: Path
    runs: int
    say: Callable[[str], None]
    rows: int = ROWS
    """How many there are of what is measured at many."""

    def pairs(self, what: str, unit: str, *, measured: Callable[[], float], limit: Callable[[], float]) -> list[Pair]:
        """Measure both in each run, by turns in this and in the other order, so that neither always comes first."""
        pairs = []
        for run in range(1, self.runs + 1):
            pair = _measure(measured, limit, is_reversed=run % 2 == 0)
            self.say(f"{what}, run {run} of {self.runs}: {pair.measured:,.1f} against {pair.limit:,.1f} {unit}")
            pairs.append(pair)
        return pairs


def _measure(measured: Callable[[], float], limit: Callable[[], float], *, is_reversed: bool) -> Pair:
    if is_reversed:
        of_limit = limit()
        return Pair(measured(), of_limit)
    return Pair(measured(), limit())
