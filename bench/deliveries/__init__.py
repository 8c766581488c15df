"""Delivery: how fast, how fair, how quickly many deploys are queued, and in how much memory."""

from bench.deliveries import memory, queueing, rate, slow_host
from bench.figure import Figure
from bench.stage import Stage


def measure(stage: Stage) -> list[Figure]:
    """All figures of the section."""
    return [figure for part in (rate, slow_host, queueing, memory) for figure in part.measure(stage)]
