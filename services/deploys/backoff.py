"""How long to wait before the next attempt: a pure decision."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

SCHEDULE_S: tuple[int, ...] = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
"""Seconds before attempt 1, 2, …; the waits that Svix documents for its webhooks."""
JITTER = 0.2
"""The share by which a wait varies either way, so that failures of one moment do not return together."""


def delay(attempt_number: int, *, random: Random, schedule_s: Sequence[int] = SCHEDULE_S) -> timedelta | None:
    """The wait before attempt `attempt_number` (1 is the first), or None once the schedule is used up."""
    if attempt_number > len(schedule_s):
        return None
    return timedelta(seconds=schedule_s[attempt_number - 1] * random.uniform(1 - JITTER, 1 + JITTER))
