"""How dates, times and spans of time are written as text, and read back."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from admin_views.notation import Notation

_TIME = (
    re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"),
    re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}(:[0-9]{2}(:[0-9]{2})?)?)"),
)


def _read_time(given: str, *, zoned: bool) -> time:
    try:
        if not _TIME[zoned].fullmatch(given):
            raise ValueError(given)
        head, dot, fraction = given.partition(".")
        if dot:
            digits = re.match("[0-9]+", fraction)
            end = digits.end() if digits else 0
            given = f"{head}.{fraction[:end].ljust(6, '0')}{fraction[end:]}"
        return time.fromisoformat(given)
    except ValueError:
        raise ValueError(f"This is no time, such as {'14:30:00+00:00' if zoned else '14:30:00'}.") from None


def _read_date(given: str) -> date:
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given):
            raise ValueError(given)
        return date.fromisoformat(given)
    except ValueError:
        raise ValueError("This is no date, such as 2026-11-25.") from None


def moment_notation(*, zoned: bool) -> Notation:
    """A time is read as UTC unless it says otherwise; one in a column without a zone says nothing."""

    def read(given: str) -> datetime:
        day, _, clock = given.replace("T", " ", 1).partition(" ")
        try:
            moment = datetime.combine(_read_date(day), _read_clock(clock or "00:00", zoned=zoned))
            return moment.astimezone(UTC) if zoned else moment
        except (ValueError, OverflowError):
            raise ValueError("Not a valid datetime value.") from None

    return Notation(partial(_write_moment, zoned=zoned), read, formats=("%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M:%S"))


def in_formats(notation: Notation, formats: Sequence[str]) -> Notation:
    """The notation of a date or time, in other forms (`strptime`); the first is written."""

    def write(value: Any) -> str:
        zoned = isinstance(value, datetime) and value.tzinfo is not None
        return str((value.astimezone(UTC) if zoned else value).strftime(formats[0]))

    def read(given: str) -> Any:
        for form in formats:
            try:
                moment = datetime.strptime(given, form)  # noqa: DTZ007 - the notation gives it its zone
            except ValueError:
                continue
            return notation.read(_in_own_form(moment, notation.formats[0]))
        raise ValueError(f"This is not of the form {formats[0]}.")

    return Notation(write, read, formats=tuple(formats))


def _in_own_form(moment: datetime, form: str) -> str:
    day, clock = moment.date().isoformat(), moment.time().isoformat()
    return f"{day} {clock}" if "%Y" in form and "%H" in form else day if "%Y" in form else clock


def _read_clock(given: str, *, zoned: bool) -> time:
    if zoned and _TIME[True].fullmatch(given):
        return _read_time(given, zoned=True)
    clock = _read_time(given, zoned=False)
    return clock.replace(tzinfo=UTC) if zoned else clock


def _write_moment(value: datetime, *, zoned: bool) -> str:
    if zoned:
        try:
            value = value.astimezone(UTC).replace(tzinfo=None)
        except OverflowError:  # at an end of the calendar, in another zone
            return value.isoformat(" ", "microseconds")
    return value.isoformat(" ", "microseconds")


_UNITS = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_SPAN = re.compile(
    r"([0-9]{1,12}(?:\.[0-9]{1,6})?)\s*(weeks?|w|days?|d|hours?|h|minutes?|min|m|seconds?|sec|s)\b\s*,?\s*"
)
_CLOCK = re.compile(r"([0-9]{1,12}):([0-9]{2})(?::([0-9]{2}(?:\.[0-9]{1,6})?))?")


def _read_interval(given: str) -> timedelta:
    sign, rest, total = (-1, given[1:].strip(), timedelta()) if given[0] == "-" else (1, given, timedelta())
    try:
        while match := _SPAN.match(rest):
            total += _timedelta(match[1], _UNITS[match[2][0]])
            rest = rest[match.end() :]
        if clock := _CLOCK.fullmatch(rest):
            total += sum(map(_timedelta, clock.groups("0"), ("hours", "minutes", "seconds")), timedelta())
        elif rest or given.strip("- ") == "":
            raise ValueError(given)
        return sign * total
    except (ValueError, OverflowError):
        raise ValueError("This is no span of time, such as 2 days 03:30:00.") from None


def _timedelta(number: str, unit: str) -> timedelta:
    """A part of a span, exact to the microsecond."""
    whole, _, fraction = number.partition(".")
    one = timedelta(**{unit: 1})
    return int(whole) * one + int(fraction.ljust(6, "0") or 0) * one // 1_000_000


def _write_interval(value: timedelta) -> str:
    if value < timedelta():
        return f"-{_write_interval(-value)}" if value != timedelta.min else f"-{timedelta.max.days + 1} days"
    minutes, seconds = divmod(value.seconds, 60)
    days = f"{value.days} day{'' if value.days == 1 else 's'} " if value.days else ""
    fraction = f".{value.microseconds:06}" if value.microseconds else ""
    return f"{days}{minutes // 60:02}:{minutes % 60:02}:{seconds:02}{fraction}"


def clock_notation(*, zoned: bool) -> Notation:
    """How times of a day are written."""
    return Notation(
        time.isoformat,
        partial(_read_time, zoned=zoned),
        example="14:30:00+00:00" if zoned else None,
        formats=() if zoned else ("%H:%M:%S.%f", "%H:%M:%S"),
    )


DAY = Notation(date.isoformat, _read_date, formats=("%Y-%m-%d",))
MOMENT = moment_notation(zoned=True)
"""How times with a zone are written: in UTC."""
INTERVAL = Notation(_write_interval, _read_interval, example="2 days 03:30:00")
