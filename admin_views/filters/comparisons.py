"""The comparisons that most columns have. Rows without a value are kept by those that deny, and by no other."""

from typing import Any

from sqlalchemy import ColumnElement, or_

from admin_views.filters.base import Filter
from admin_views.filters.values import Values, YesNo

BETWEEN = " to "
"""What stands between the two ends of a range, as the date picker writes it."""
LIST_LIMIT = 100
"""Values of one “in list” filter."""


def like(term: str) -> str:
    """A LIKE pattern (escape character `\\`) for rows that contain the term, whatever characters it has."""
    escaped = term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


class Equals(Filter):
    label = "equals"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column == value


class NotEqual(Filter):
    """Rows without a value differ from every value, so they are kept."""

    label = "not equal"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column.is_distinct_from(value)

    def holds_for_all(self, value: Any) -> bool:
        return True


class Greater(Filter):
    label = "greater than"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column > value


class Smaller(Filter):
    label = "smaller than"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column < value


class AtLeast(Filter):
    label = "at least"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column >= value


class AtMost(Filter):
    label = "at most"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column <= value


class InList(Filter):
    label = "in list"

    def __init__(self, column: Any, name: str, values: Values) -> None:
        super().__init__(column, name, values, data_type="select2-tags")

    @property
    def expected(self) -> str:
        many = self.values.many
        return f"{many}, parted by commas" if self.values.options else f"one to {LIST_LIMIT} {many}, parted by commas"

    def clean(self, value: str) -> list[Any]:
        parts = [part.strip() for part in value.split(",", LIST_LIMIT + 1) if part.strip()]
        if not 1 <= len(parts) <= LIST_LIMIT:
            raise ValueError("None, or too many.")
        return [self.values.parse(part) for part in parts]

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column.in_(value)


class NotInList(InList):
    label = "not in list"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return or_(column.is_(None), column.not_in(value))

    def holds_for_all(self, value: Any) -> bool:
        return True


class Between(Filter):
    """Both ends are within."""

    label = "between"

    def __init__(self, column: Any, name: str, values: Values) -> None:
        super().__init__(column, name, values, data_type=f"{values.kind}range")

    @property
    def expected(self) -> str:
        pair = getattr(self.values, "pair", None)
        return pair or f"two {self.values.many} with “to” between them, the smaller first"

    def clean(self, value: str) -> tuple[Any, Any]:
        ends = value.split(BETWEEN)
        if len(ends) != 2:
            raise ValueError("Not two ends.")
        low, high = (self.values.parse(end) for end in ends)
        if low > high:
            raise ValueError("Ends before it starts.")
        return low, high

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column.between(*value)


class Empty(Filter):
    """Whether the row has no value."""

    label = "empty"

    def __init__(self, column: Any, name: str) -> None:
        super().__init__(column, name, YesNo())

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column.is_(None) if value else column.is_not(None)

    def holds_for_all(self, value: Any) -> bool:
        return bool(value)


class TextEmpty(Empty):
    """An empty text is no value."""

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return or_(column.is_(None), column == "") if value else column != ""


class Contains(Filter):
    """Whether the text holds another, whatever their case; a trigram index serves it."""

    label = "contains"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column.ilike(like(value))


class NotContains(Filter):
    label = "not contains"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return or_(column.is_(None), column.not_ilike(like(value)))

    def holds_for_all(self, value: Any) -> bool:
        return True


class InNetwork(Filter):
    """Addresses of a net, the net itself among them."""

    label = "in network"

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        return column.op("<<=", is_comparison=True)(value)
