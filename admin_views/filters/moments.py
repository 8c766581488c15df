"""Times as filters take them: moments, days, times of the day, and how long ago something was."""

from datetime import UTC, date, datetime, time
from typing import Any

from flask import g
from sqlalchemy import ColumnElement

from admin_views.filters.base import Filter
from admin_views.filters.values import Spans, Values
from services.listing import relative_times


class Moments(Values):
    """Times; one that names no zone is in UTC, as lists show it."""

    one = "a time in UTC, such as 2026-11-25 12:00:00"
    many = "times in UTC"
    pair = "two times in UTC, such as 2026-11-24 00:00:00 to 2026-11-25 00:00:00, the earlier first"
    kind = "datetime"

    def __init__(self, *, has_zone: bool) -> None:
        self._has_zone = has_zone

    def parse(self, value: str) -> datetime:
        parsed = datetime.fromisoformat(value.strip())
        try:
            parsed = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
        except OverflowError as error:
            raise ValueError("Beyond the calendar.") from error
        return parsed if self._has_zone else parsed.replace(tzinfo=None)

    def at(self, moment: datetime) -> datetime:
        """A moment as the column has it."""
        return moment if self._has_zone else moment.astimezone(UTC).replace(tzinfo=None)


class Days(Values):
    """Days of the calendar."""

    one = "a day, such as 2026-11-25"
    many = "days"
    pair = "two days, such as 2026-11-24 to 2026-11-25, the earlier first"
    kind = "date"

    def parse(self, value: str) -> date:
        return date.fromisoformat(value.strip())

    def at(self, moment: datetime) -> date:
        return moment.astimezone(UTC).date()


class TimesOfDay(Values):
    """Times of the day."""

    one = "a time of the day, such as 14:30"
    many = "times of the day"
    pair = "two times of the day, such as 08:00 to 14:30, the earlier first"
    kind = "time"

    def parse(self, value: str) -> time:
        return time.fromisoformat(value.strip()).replace(tzinfo=None)


class _Relative(Filter):
    """A comparison with now, which is one moment for the whole request."""

    period: str
    """What the span is called on a chip."""

    def __init__(self, column: Any, name: str, moments: Moments | Days) -> None:
        super().__init__(column, name, Spans())
        self.moments = moments

    def words(self, value: str) -> str | None:
        try:
            return f"{self.period}{relative_times.parse(value)}"
        except ValueError:
            return None


class Within(_Relative):
    """In the last 24 hours: what is yet to come is not."""

    label = "within"
    period = "the last "

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        now = request_time()
        return column.between(self.moments.at(now - value), self.moments.at(now))


class OlderThan(_Relative):
    """More than 2 days ago."""

    label = "older than"
    period = ""

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column < self.moments.at(request_time() - value)


class Ahead(_Relative):
    """In the next hour: what is past is not."""

    label = "coming within"
    period = "the next "

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        now = request_time()
        return column.between(self.moments.at(now), self.moments.at(now + value))


def request_time() -> datetime:
    """Now, the same for all that one request compares with it."""
    if "filters_now" not in g:
        g.filters_now = datetime.now(UTC)
    now: datetime = g.filters_now
    return now
