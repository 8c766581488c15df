"""Live: how soon listeners hear of what changed, and what memory each of them takes."""

from bench.figure import Figure
from bench.live import latency, memory
from bench.stage import Stage


def measure(stage: Stage) -> list[Figure]:
    """All figures of the section."""
    return [figure for part in (latency, memory) for figure in part.measure(stage)]
