"""Times as people read them: filters for the templates."""

from datetime import UTC, datetime

from flask import Flask

STEPS = ((60, "minute"), (3_600, "hour"), (86_400, "day"), (2_592_000, "month"), (31_536_000, "year"))
"""From how many seconds on a time is told in which unit."""


def init_app(app: Flask) -> None:
    """Make `|relative_time` and `|absolute_time` known to the templates."""
    app.jinja_env.filters["relative_time"] = lambda at: relative(at, now=datetime.now(UTC))
    app.jinja_env.filters["absolute_time"] = absolute


def relative(at: datetime, *, now: datetime) -> str:
    """How long ago, or how soon: “just now”, “5 minutes ago”, “in 2 hours”."""
    seconds = (now - at).total_seconds()
    distance = abs(seconds)
    if distance < STEPS[0][0]:
        return "just now" if seconds > -5 else "in a moment"
    size, unit = next((size, unit) for size, unit in reversed(STEPS) if distance >= size)
    count = int(distance // size)
    words = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{words} ago" if seconds > 0 else f"in {words}"


def absolute(at: datetime) -> str:
    """The whole time with its zone: “25 Nov 2026, 12:00:00 UTC”."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%b %Y, %H:%M:%S} UTC"
