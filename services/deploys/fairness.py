"""How a worker's free places are shared among hosts: pure decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.deploys.breaker import Circuit, CircuitState

BURST = timedelta(seconds=1)
"""How much unused rate a host may make up for: a second's worth."""


@dataclass(frozen=True)
class Lane:
    """A host for which deploys wait, as it stands."""

    host: str
    max_in_flight: int
    max_per_s: int
    in_flight: int
    """POSTs under way, of all workers."""
    rate_at: datetime | None
    """Up to when its rate is spent."""
    circuit: Circuit
    due: int | None = None
    """Deploys that are due, as far as they could be taken; None where that was not counted."""

    def room(self, now: datetime) -> int:
        """How many POSTs may begin now."""
        match self.circuit.state(now):
            case CircuitState.OPEN:
                return 0
            case CircuitState.HALF_OPEN:
                return min(1 - self.in_flight, self._within_rate(now))
            case CircuitState.CLOSED:
                return min(self.max_in_flight - self.in_flight, self._within_rate(now))

    def rate_after(self, taken: int, now: datetime) -> datetime:
        """`rate_at` once so many POSTs have begun."""
        return self._spent_up_to(now) + taken * timedelta(seconds=1) / self.max_per_s

    def _within_rate(self, now: datetime) -> int:
        return int((now - self._spent_up_to(now)) / timedelta(seconds=1) * self.max_per_s + 1e-6)

    def _spent_up_to(self, now: datetime) -> datetime:
        oldest = now - BURST
        return oldest if self.rate_at is None else max(self.rate_at, oldest)


def share(lanes: Sequence[Lane], free: int, *, now: datetime) -> dict[str, int]:
    """How many deploys of each host to take, in the order in which the hosts are served.

    No host takes more than half of what is free, unless it alone has deploys waiting: whatever it does with its
    places, those after it have some.
    """
    taken: dict[str, int] = {}
    for number, lane in enumerate(lanes, start=1):
        most = free if number == len(lanes) else (free + 1) // 2
        count = min(lane.room(now), most, most if lane.due is None else lane.due)
        if count > 0:
            taken[lane.host] = count
            free -= count
    return taken
