"""When sessions begin: 30 days of traffic with the rhythm of days and weeks. Pure functions."""

from collections.abc import Sequence
from datetime import datetime, timedelta

DAYS = 30
HOURS = DAYS * 24
_BY_HOUR = (3, 2, 1, 1, 1, 2, 5, 12, 26, 42, 52, 55, 46, 48, 56, 54, 46, 36, 28, 24, 20, 15, 9, 5)
"""Sessions of one hour of a working day relative to the others, by the hour in UTC."""
_WEEKEND = 0.4
"""The share of a working day's traffic that a Saturday or Sunday has."""
_GROWTH = 0.6
"""By how much the last day is busier than the first."""


def begins_at(now: datetime) -> datetime:
    """When the traffic begins that ends at `now`."""
    return now - timedelta(days=DAYS)


def hourly_weights(now: datetime) -> list[float]:
    """How busy each hour of the 30 days before `now` is, the first first."""
    start = begins_at(now)
    return [_weight(start + timedelta(hours=hour), hour / HOURS) for hour in range(HOURS)]


def cumulative(weights: Sequence[float]) -> list[float]:
    """The running share of the total: one more entry than there are weights, from 0 to 1."""
    total = sum(weights)
    shares = [0.0]
    for weight in weights:
        shares.append(shares[-1] + weight / total)
    shares[-1] = 1.0
    return shares


def _weight(at: datetime, age: float) -> float:
    day = _WEEKEND if at.weekday() >= 5 else 1.0
    return _BY_HOUR[at.hour] * day * (1 + _GROWTH * age)
