"""Times as people read them: filters for the templates.

The words are those of GitHub's <relative-time> (5.3), which keeps them true once a page is open, so that nothing of a
page changes as the element wakes up.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from flask import Flask

ALMOST = 55
"""Seconds, or minutes, from which on the next larger unit is told."""
_SPECIAL = {
    (-1, "day"): "yesterday",
    (1, "day"): "tomorrow",
    **{(-1, unit): f"last {unit}" for unit in ("week", "month", "year")},
    **{(1, unit): f"next {unit}" for unit in ("week", "month", "year")},
}
"""What English has a word of its own for."""


def init_app(app: Flask) -> None:
    """Make `|relative_time`, `|absolute_time`, `|exact_time` and `|span_of_time` known to the templates."""
    app.jinja_env.filters["relative_time"] = lambda at: relative(at, now=datetime.now(UTC))
    app.jinja_env.filters["absolute_time"] = absolute
    app.jinja_env.filters["exact_time"] = exact
    app.jinja_env.filters["span_of_time"] = span


def relative(at: datetime, *, now: datetime) -> str:
    """How long ago, or how soon: “now”, “5 minutes ago”, “yesterday”, “in 2 hours”."""
    sign = 1 if at > now else -1
    count, unit = _largest(abs(at - now), now, sign)
    if unit == "second" and (sign < 0 or count < 10):
        return "now"
    if words := _SPECIAL.get((sign * count, unit)):
        return words
    words = f"{count:,} {unit}{'' if count == 1 else 's'}"
    return f"in {words}" if sign > 0 else f"{words} ago"


@lru_cache(maxsize=10_000)
def absolute(at: datetime) -> str:
    """The whole time with its zone: “25 Nov 2026, 12:00:00 UTC”."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%b %Y, %H:%M:%S} UTC"


@lru_cache(maxsize=10_000)
def exact(at: datetime) -> str:
    """The time as programs write it, in UTC to the millisecond: “2026-11-25T12:00:00.000Z”."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def span(milliseconds: int) -> str:
    """A duration at a glance: “120 ms”, “1.5 s”, “4 min 10 s”, “2 h 5 min”, “3 d 4 h”."""
    if milliseconds < 1_000:
        return f"{milliseconds} ms"
    if milliseconds < 60_000:
        return f"{milliseconds / 1_000:.1f}".removesuffix(".0") + " s"
    seconds = milliseconds // 1_000
    for size, unit, smaller_size, smaller in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s")):
        if seconds >= size:
            rest = seconds % size // smaller_size
            return f"{seconds // size:,} {unit}" + (f" {rest} {smaller}" if rest else "")
    raise AssertionError(milliseconds)


def _largest(distance: timedelta, now: datetime, sign: int) -> tuple[int, str]:
    """The distance in the one unit that tells most of it, rounded as the element rounds."""
    hours, minutes, seconds = distance.seconds // 3_600, distance.seconds // 60 % 60, distance.seconds % 60
    months, days = divmod(distance.days, 30)
    minutes += seconds >= ALMOST
    hours += minutes >= ALMOST
    days += hours >= (12 if days else 21)
    if months or days:
        return _of_calendar(months, days, now.astimezone(UTC).date(), sign)
    if hours:
        return hours, "hour"
    return (minutes, "minute") if minutes else (seconds, "second")


def _of_calendar(months: int, days: int, today: date, sign: int) -> tuple[int, str]:
    """So many months of 30 days, and days: told in days, weeks, or by how many months of the calendar lie between."""
    try:
        first = _month(today, sign * months)
        surplus = max(0, today.day - _last_day(_month(today, sign * (months % 12))))
        then = first + timedelta(days=today.day - surplus + sign * days - 1)
    except (OverflowError, ValueError):  # outside the calendar
        return months // 12, "year"
    between = abs((then - today).days) + surplus
    apart = abs((then.year - today.year) * 12 + then.month - today.month)
    if between >= 27:
        return (abs(then.year - today.year), "year") if apart > 11 else (apart, "month") if apart else (days, "day")
    if days < 6:
        return between, "day"
    weeks = (2 * days + 7) // 14
    return (1, "month") if weeks >= 4 else (weeks, "week")


def _month(day: date, by: int) -> date:
    """The first day of the month that lies so many months from this day's."""
    years, month = divmod(day.month - 1 + by, 12)
    return date(day.year + years, month + 1, 1)


def _last_day(month: date) -> int:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1).toordinal() - month.toordinal()
