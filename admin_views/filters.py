"""Typed filters for lists: each knows what it accepts, and says so when it is given something else."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask_admin.contrib.sqla import filters as stock
from sqlalchemy import ColumnElement, or_

from services import text
from services.labels import label

BETWEEN = " to "
"""What stands between the two ends of a range, as the date picker writes it."""
LIST_LIMIT = 100
"""Values of one “in list” filter."""


def like(term: str) -> str:
    """A LIKE pattern (escape character `\\`) for rows that contain the term, whatever characters it has."""
    escaped = term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


class Filter(stock.BaseSQLAFilter):
    """One comparison with one column; `clean` raises ValueError for what it can't use."""

    column: Any
    label: str
    expected: str = "something else"

    def operation(self) -> str:
        return self.label

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        return query.filter(self.condition(self.get_column(alias), value))

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """The SQL condition for a cleaned value."""
        raise NotImplementedError

    def explain(self, value: str) -> str:
        """What to tell a person whose value can't be used."""
        return f"The filter “{self.name} {self.label}” can't use “{value[:60]}”; it needs {self.expected}."


class Equals(Filter):
    label = "equals"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column == value


class NotEqual(Filter):
    """Rows without a value differ from every value, so they are kept."""

    label = "not equal"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column.is_distinct_from(value)


class Greater(Filter):
    label = "greater than"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column > value


class Smaller(Filter):
    label = "smaller than"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column < value


class InList(Filter):
    label = "in list"

    def __init__(self, column: Any, name: str, options: Any = None, data_type: Any = None) -> None:
        super().__init__(column, name, options, data_type or "select2-tags")

    def clean(self, value: str) -> list[Any]:
        parts = [part.strip() for part in value.split(",") if part.strip()]
        if not 1 <= len(parts) <= LIST_LIMIT:
            raise ValueError("None, or too many.")
        return [super(InList, self).clean(part) for part in parts]

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column.in_(value)


class Between(Filter):
    label = "between"

    def clean(self, value: str) -> tuple[Any, Any]:
        ends = value.split(BETWEEN)
        if len(ends) != 2:
            raise ValueError("Not two ends.")
        low, high = (super(Between, self).clean(end) for end in ends)
        if low > high:
            raise ValueError("Ends before it starts.")
        return low, high

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column.between(*value)


class Empty(Filter):
    """Whether the row has no value; an empty text is none."""

    label = "empty"
    expected = "Yes or No"

    def __init__(self, column: Any, name: str, options: Any = None, data_type: Any = None) -> None:
        super().__init__(column, name, [("1", "Yes"), ("0", "No")], data_type)

    def clean(self, value: str) -> bool:
        return _yes_or_no(value)

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column.is_(None) if value else column.is_not(None)


class Text(Filter):
    """Any text that the database can hold."""

    expected = "an ordinary text of at most 200 characters"

    def clean(self, value: str) -> str:
        if len(value) > text.SHORT or not text.is_storable(value):
            raise ValueError("Not storable.")
        return value


class TextContains(Text):
    label = "contains"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column.ilike(like(value), escape="\\")


class TextNotContains(TextContains):
    label = "not contains"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return or_(column.is_(None), ~super().condition(column, value))


class TextEquals(Text, Equals):
    pass


class TextNotEqual(Text, NotEqual):
    pass


class TextInList(InList, Text):
    expected = f"one to {LIST_LIMIT} texts, parted by commas"


class TextEmpty(Empty):
    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        empty = or_(column.is_(None), column == "")
        return empty if value else ~empty


class Id(Filter):
    """A whole id, since a part of one names many rows."""

    expected = "a whole id, such as 3f2b8c1e-0d4a-4c6b-9f7e-5a1d2c3b4e5f"

    def clean(self, value: str) -> UUID:
        return UUID(value.strip())


class IdEquals(Id, Equals):
    pass


class IdInList(InList, Id):
    expected = f"one to {LIST_LIMIT} whole ids, parted by commas"


class Number(Filter):
    """A whole number that the column can hold."""

    expected = "a whole number"

    def clean(self, value: str) -> int:
        number = int(value) if len(value) <= 20 else None
        bits = {"SmallInteger": 15, "BigInteger": 63}.get(type(self.column.type).__name__, 31)
        if number is None or not -(2**bits) <= number < 2**bits:
            raise ValueError("No row has it.")
        return number


class NumberEquals(Number, Equals):
    pass


class NumberNotEqual(Number, NotEqual):
    pass


class NumberGreater(Number, Greater):
    pass


class NumberSmaller(Number, Smaller):
    pass


class NumberInList(InList, Number):
    expected = f"one to {LIST_LIMIT} whole numbers, parted by commas"


class Time(Filter):
    """A time; one that names no zone is in UTC, as lists show it."""

    expected = "a time in UTC, such as 2026-11-25 12:00:00"

    def clean(self, value: str) -> datetime:
        parsed = datetime.fromisoformat(value.strip())
        if not getattr(self.column.type, "timezone", False):
            return parsed.replace(tzinfo=None)
        try:
            return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
        except OverflowError as error:
            raise ValueError("Beyond the calendar.") from error


class TimeGreater(Time, Greater):
    def __init__(self, column: Any, name: str, options: Any = None) -> None:
        super().__init__(column, name, options, "datetimepicker")


class TimeSmaller(Time, Smaller):
    def __init__(self, column: Any, name: str, options: Any = None) -> None:
        super().__init__(column, name, options, "datetimepicker")


class TimeBetween(Between, Time):
    expected = "two times in UTC, such as 2026-11-24 00:00:00 to 2026-11-25 00:00:00, the earlier first"

    def __init__(self, column: Any, name: str, options: Any = None) -> None:
        super().__init__(column, name, options, "datetimerangepicker")


class Choice(Filter):
    """A member of the column's enum, by its value."""

    @property
    def expected(self) -> str:
        return f"one of {', '.join(map(label, self.column.type.enum))}"

    def clean(self, value: str) -> Any:
        return self.column.type.enum(value)


class ChoiceEquals(Choice, Equals):
    pass


class ChoiceNotEqual(Choice, NotEqual):
    pass


class ChoiceInList(InList, Choice):
    @property
    def expected(self) -> str:
        return f"some of {', '.join(map(label, self.column.type.enum))}, parted by commas"


class BooleanEquals(Equals):
    expected = "Yes or No"

    def __init__(self, column: Any, name: str, options: Any = None) -> None:
        super().__init__(column, name, [("1", "Yes"), ("0", "No")])

    def clean(self, value: str) -> bool:
        return _yes_or_no(value)


class Has(Text):
    """Rows whose list holds the value."""

    label = "has"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column.contains([value])


def _yes_or_no(value: str) -> bool:
    if value not in ("0", "1"):
        raise ValueError("Neither.")
    return value == "1"
