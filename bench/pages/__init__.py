"""The pages: what a first visit loads, Lighthouse, how calm they are, how soon they show what changed."""

from bench.figure import Figure
from bench.pages import calm, freshness, lighthouse, place, weight
from bench.stage import Stage


def measure(stage: Stage) -> list[Figure]:
    """All figures of the section."""
    with place.open_place(stage) as opened:
        return [figure for part in (weight, calm, freshness, lighthouse) for figure in part.measure(stage, opened)]
