"""What stands in the cells of lists, details and exports."""

from collections.abc import Callable, Mapping
from enum import Enum
from operator import attrgetter
from typing import Any

from services.masks import mask_of, masked
from services.secrets import without_secrets

Formatters = Mapping[type, Callable[..., Any]]
ReadCell = Callable[[Any], Any]
"""Of a row, what one of its cells shows."""


class CellValues:
    """Mixed into a model view: finds the formatter of a type once, where Flask-Admin looks for each value."""

    column_formatters: Mapping[str, Callable[..., Any]]
    column_type_formatters: Formatters
    _column_choices_map: Mapping[str, Mapping[Any, Any]]

    def _get_field_value(self, model: Any, name: str) -> Any:
        """The value as it may be shown; lists, details pages and exports all ask here."""
        return masked(name, super()._get_field_value(model, name))  # type: ignore[misc]

    def _get_list_value(
        self,
        context: Any,
        model: Any,
        name: str,
        column_formatters: Mapping[str, Callable[..., Any]],
        column_type_formatters: Formatters,
    ) -> Any:
        formatter = column_formatters.get(name)
        value = self._get_field_value(model, name) if formatter is None else formatter(self, context, model, name)
        choices = self._column_choices_map.get(name)
        if choices:
            return choices.get(value) or value
        by_type = self._by_type(column_type_formatters, type(value))
        if by_type is None:
            return value
        try:
            return by_type(self, value, name)
        except TypeError:  # it may be one of those that take no name, for which Flask-Admin knows what to do
            return super()._get_list_value(  # type: ignore[misc]
                context, model, name, column_formatters, column_type_formatters
            )

    def cell_reader(self, context: Any, name: str) -> ReadCell:
        """What the list shows of a column, for many rows: all that is the same for each is found out once."""
        formatters, by_type = self.column_formatters, self.column_type_formatters
        formatter = formatters.get(name)

        def ask(row: Any) -> Any:
            return self._get_list_value(context, row, name, formatters, by_type)

        if type(self)._get_list_value is not CellValues._get_list_value or self._column_choices_map.get(name):
            return ask
        read = self._field_reader(name) if formatter is None else lambda row: formatter(self, context, row, name)
        known: dict[type, Callable[..., Any] | None] = {}
        formed: dict[Any, Any] = {}  # what has few values, such as a status, is the same in many rows

        def read_cell(row: Any) -> Any:
            value = read(row)
            kind = type(value)
            if kind not in known:
                known[kind] = self._by_type(by_type, kind)
            form = known[kind]
            if form is None:
                return value
            try:
                if value is not None and not isinstance(value, Enum):
                    return form(self, value, name)
                if value not in formed:
                    formed[value] = form(self, value, name)
                return formed[value]
            except TypeError:
                return ask(row)

        return read_cell

    def _field_reader(self, name: str) -> ReadCell:
        if type(self)._get_field_value is not CellValues._get_field_value:
            return lambda row: self._get_field_value(row, name)
        get, mask = attrgetter(name), mask_of(name)

        def read(row: Any) -> Any:
            try:
                value = get(row)
            except AttributeError:
                value = None
            if mask is not None:
                return mask(value)
            return without_secrets(value) if isinstance(value, (dict, list)) else value

        return read

    def _by_type(self, formatters: Formatters, kind: type) -> Callable[..., Any] | None:
        known: dict[tuple[int, type], Any] = self.__dict__.setdefault("_formatters_by_type", {})
        key = id(formatters), kind
        if key not in known:
            known[key] = next((formatters[one] for one in formatters if issubclass(kind, one)), None)
        return known[key]
