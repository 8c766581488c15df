"""How a recovery is parted into waves, and how long it will take: pure decisions."""

from dataclasses import dataclass
from math import ceil

LAST = 3
"""Waves: one deploy, a few, the rest."""
SECOND_SHARE = 0.05
"""The part of all deploys that goes in the second wave, at least one."""
TICK_S = 1.0
"""Seconds between two looks of the workers at a recovery, at most about."""


@dataclass(frozen=True)
class HostPace:
    """How fast deploys may go to one host."""

    deploys: int
    per_s: int
    in_flight: int
    median_s: float
    """What a POST to it took of late."""

    @property
    def seconds(self) -> float:
        """The longer of what its rate and its POSTs under way allow."""
        return max(self.deploys / self.per_s, self.deploys * self.median_s / self.in_flight)


def sizes(total: int) -> tuple[int, int, int]:
    """How many deploys go in each wave: 1, then 5 %, then the rest."""
    first = min(total, 1)
    second = min(total - first, max(1, int(total * SECOND_SHARE)))
    return first, second, total - first - second


def under_way_limit(wave_size: int, *, in_flight: int, per_s: int) -> int:
    """How many of a wave may be queued at once for one host, so that a halt still saves the others.

    A tenth of the wave, but enough to keep the host's POSTs under way, and no more than it takes in two seconds.
    """
    return max(in_flight, min(ceil(wave_size / 10), 2 * per_s))


def estimate_s(paces: list[HostPace]) -> int:
    """Seconds until the last outcome: the slowest host's, and the waits between the waves."""
    if not paces:
        return 0
    waves = sum(1 for size in sizes(sum(pace.deploys for pace in paces)) if size)
    between = waves * (TICK_S + max(pace.median_s for pace in paces))
    return ceil(max(pace.seconds for pace in paces) + between)
