"""Periods: how far back a chart looks, and the spans into which it parts that time. Pure values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from services.errors import InvalidInputError

HOUR = timedelta(hours=1)


class Period(StrEnum):
    """How far back to look; the span under way is part of it."""

    DAY = "24h"
    WEEK = "7d"
    MONTH = "30d"

    @property
    def words(self) -> str:
        return _WORDS[self]

    @property
    def span(self) -> timedelta:
        """How long one point of a chart is. It divides a day, so that spans begin where people expect it, in UTC."""
        return _SPANS[self]

    @property
    def spans(self) -> int:
        """How many points a chart has."""
        return _COUNTS[self]


_WORDS = {Period.DAY: "24 hours", Period.WEEK: "7 days", Period.MONTH: "30 days"}
_SPANS = {Period.DAY: HOUR, Period.WEEK: timedelta(hours=6), Period.MONTH: timedelta(days=1)}
_COUNTS = {Period.DAY: 24, Period.WEEK: 28, Period.MONTH: 30}
LONGEST = timedelta(days=30)


@dataclass(frozen=True)
class Window:
    """A period as of a moment, in whole hours, with the one as long before it."""

    period: Period
    starts_at: datetime
    """When its first span begins."""
    finished_until: datetime
    """When the hour under way began: up to here all has happened that will."""

    @property
    def length(self) -> timedelta:
        return self.period.span * self.period.spans

    @property
    def before_at(self) -> datetime:
        """When the period before begins."""
        return self.starts_at - self.length

    @property
    def starts(self) -> list[datetime]:
        """When each span begins, the one under way last."""
        return [self.starts_at + self.period.span * number for number in range(self.period.spans)]

    def series(self, hours: Mapping[datetime, int]) -> tuple[int, ...]:
        """Counts of hours as counts of spans; hours outside are left out."""
        counts = [0] * self.period.spans
        for hour, count in hours.items():
            place = (hour - self.starts_at) // self.period.span
            if 0 <= place < len(counts):
                counts[place] += count
        return tuple(counts)

    def finished(self, hours: Mapping[datetime, int]) -> int:
        """What the period's finished hours count."""
        return _within(hours, self.starts_at, self.finished_until)

    def finished_before(self, hours: Mapping[datetime, int]) -> int:
        """What as many hours of the period before count: each the counterpart of a finished one."""
        return _within(hours, self.before_at, self.finished_until - self.length)


def window(period: Period, *, now: datetime) -> Window:
    """The period that ends with the span in which `now` lies."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    last = midnight + (now - midnight) // period.span * period.span
    return Window(period, last - period.span * (period.spans - 1), hour_of(now))


def hour_of(at: datetime) -> datetime:
    """When the hour of a moment began, in UTC, as the counters have it."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def parse(text: str) -> Period:
    """The period that a URL names.

    Raises:
        InvalidInputError: there is no such period.
    """
    try:
        return Period(text)
    except ValueError:
        raise InvalidInputError(f"The period is one of {', '.join(Period)}.", field="period") from None


def change(now: int, before: int) -> float | None:
    """By how much something grew, as a part of what it was: 0.5 for half as much again; null where it was nothing."""
    return (now - before) / before if before else None


def share(part: int, whole: int) -> float | None:
    """A part of a whole, 1 for all of it; null where there is no whole. More than 1 where the part began earlier."""
    return part / whole if whole else None


def label(start: datetime, period: Period) -> str:
    """When a span is: “14:00–15:00”, “Wed 25 Nov, 12:00–18:00”, “Wed 25 Nov”; in UTC."""
    if period is Period.MONTH:
        return f"{start:%a} {start.day} {start:%b}"
    hours = f"{start:%H:%M}–{start + period.span:%H:%M}"
    return hours if period is Period.DAY else f"{start:%a} {start.day} {start:%b}, {hours}"


def _within(hours: Mapping[datetime, int], start: datetime, end: datetime) -> int:
    return sum(count for hour, count in hours.items() if start <= hour < end)
