"""How long to wait before the next attempt: a pure decision."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

SCHEDULE_S: tuple[int, ...] = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 36_000)
"""Seconds before attempt 1, 2, …; the waits that Svix documents for its webhooks."""
JITTER = 0.2
"""The share by which a wait varies either way, so that failures of one moment do not return together."""
RETRY_AFTER_STRETCH = 2
"""How many times its scheduled wait an attempt is put off at most because the host asks for it."""
PATIENCE = timedelta(seconds=60)
"""The least wait after a time-out, or an answer of 429 (Standard Webhooks asks senders to throttle on both)."""


def delay(
    attempt_number: int,
    *,
    random: Random,
    schedule_s: Sequence[int] = SCHEDULE_S,
    retry_after_s: int | None = None,
    patient: bool = False,
) -> timedelta | None:
    """The wait before an attempt, or None once the schedule is used up.

    Args:
        attempt_number: its place in the schedule; 1 is the first.
        retry_after_s: what the host asked for; honoured between 1 and 2 times the scheduled wait.
        patient: whether the host is too busy to be asked again within a minute.
    """
    if attempt_number > len(schedule_s):
        return None
    scheduled = timedelta(seconds=schedule_s[attempt_number - 1])
    least = max(scheduled, PATIENCE) if patient else scheduled
    wait = least * random.uniform(1 - JITTER, 1 + JITTER)
    if retry_after_s is not None:
        wait = min(max(wait, least, timedelta(seconds=retry_after_s)), least * RETRY_AFTER_STRETCH)
    return max(wait, PATIENCE) if patient else wait
