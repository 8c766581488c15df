"""What stands in the cells of lists, details and exports."""

from collections.abc import Callable, Mapping
from typing import Any

Formatters = Mapping[type, Callable[..., Any]]


class CellValues:
    """Mixed into a model view: finds the formatter of a type once, where Flask-Admin looks for each value."""

    _column_choices_map: Mapping[str, Mapping[Any, Any]]

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
            return super()._get_list_value(context, model, name, column_formatters, column_type_formatters)

    def _by_type(self, formatters: Formatters, kind: type) -> Callable[..., Any] | None:
        known: dict[tuple[int, type], Any] = self.__dict__.setdefault("_formatters_by_type", {})
        key = id(formatters), kind
        if key not in known:
            known[key] = next((formatters[one] for one in formatters if issubclass(kind, one)), None)
        return known[key]
