"""Buckets of requests: one statement of arithmetic a request, no list of past ones, and never more than so many."""

from dataclasses import dataclass

SECOND = 1_000_000_000
"""In the clock's nanoseconds, in which shares are counted, so that nothing is rounded away."""
MOST = 100_000
"""Buckets that are kept at once; each takes some 150 bytes."""


@dataclass(frozen=True)
class Rate:
    """How many requests there may be within a window, of one person, token or address."""

    name: str
    quota: int
    window_s: int = 60


@dataclass(frozen=True)
class Standing:
    """How a bucket stands after a request has asked of it."""

    rate: Rate
    left: int
    """Requests that it has left at once."""
    full_in_s: int
    """After how many seconds it is whole again."""
    wait_s: int = 0
    """After how many seconds the next request is let through; 0 where this one was."""


class Buckets:
    """Who has asked how much of late, in this process.

    The generic cell rate algorithm (ITU-T I.371): of each bucket only the moment at which it will be full again is
    kept. A request moves that on by one share of the window, unless it would then be more than a window ahead.
    """

    def __init__(self, most: int = MOST) -> None:
        self._full_at: dict[str, int] = {}
        self._most = most

    def take(self, rate: Rate, who: str, *, now: int) -> Standing:
        """Take one request from the bucket, if it has one; `now` is in nanoseconds of any clock that only moves on."""
        key, window = f"{rate.name} {who}", rate.window_s * SECOND
        share = window // rate.quota
        full_at = max(self._full_at.get(key, now), now) + share
        over = full_at - now - window
        if over > 0:
            return Standing(rate, 0, _seconds(full_at - share - now), wait_s=_seconds(over))
        self._make_room(now)
        self._full_at[key] = full_at
        return Standing(rate, -over // share, _seconds(full_at - now))

    def _make_room(self, now: int) -> None:
        """Forget full buckets once there are too many; and where most aren't, the fuller ones until half are left.

        So whoever asks from very many addresses has these forgotten, and no bucket that is used up. Half at once, so
        that it is done rarely enough to cost next to nothing a request.
        """
        if len(self._full_at) < self._most:
            return
        line = max(now, sorted(self._full_at.values())[-(self._most // 2)])
        self._full_at = {key: full_at for key, full_at in self._full_at.items() if full_at > line}


def _seconds(duration: int) -> int:
    """Whole seconds, rounded up: who waits so long has waited enough."""
    return -(-duration // SECOND)
