"""What every filter of ours is: a comparison of one column with values of one kind."""

from typing import Any, ClassVar

from flask_admin.contrib.sqla import filters as stock
from sqlalchemy import ColumnElement, inspect

from admin_views.filters.values import Values


class Filter(stock.BaseSQLAFilter):
    """One comparison with one column; `clean` raises ValueError for what it can't use."""

    column: Any
    label: ClassVar[str]
    source: str | None = None
    """The column as the view names it (`session.purpose`), where the view made the filter of a name."""

    def __init__(
        self, column: Any, name: str, values: Values, options: Any = None, data_type: str | None = None
    ) -> None:
        """
        Args:
            column: a column or its dotted name, as Flask-Admin's filters take it.
            values: what it is compared with.
            data_type: which input the page shows for it, unless that of the values.
        """
        self.values = values
        super().__init__(column, name, options or values.options or None, data_type or values.kind or None)

    def operation(self) -> str:
        return self.label

    @property
    def expected(self) -> str:
        """What it needs, for those who gave something else."""
        return self.values.one

    def clean(self, value: str) -> Any:
        return self.values.parse(value)

    def apply(self, query: Any, value: Any, alias: Any = None) -> Any:
        return query.filter(self.condition(self.get_column(alias), value))

    def condition(self, column: Any, value: Any) -> ColumnElement[bool]:
        """The SQL condition for a cleaned value."""
        raise NotImplementedError

    def holds_for_all(self, value: Any) -> bool:
        """Whether a row with several related ones is kept only if each of them is: true of what denies."""
        return False

    def get_column(self, alias: Any) -> Any:
        """The column, of an alias of its table where it is reached through a relation."""
        if alias is None:
            return self.column
        mapper = inspect(alias).mapper
        column = self.column.property.columns[0] if hasattr(self.column, "property") else self.column
        is_mapped = mapper.columns.contains_column(column)
        key = mapper.get_property_by_column(column).key if is_mapped else column.key
        return getattr(alias, key)

    def words(self, value: str) -> str | None:
        """The value as a chip says it; None where its own words will do."""
        return None

    def explain(self, value: str) -> str:
        """What to tell a person whose value can't be used."""
        return f"The filter “{self.name} {self.label}” can't use “{value[:60]}”; it needs {self.expected}."
