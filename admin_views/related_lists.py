"""What refers to a record: lists that have a filter by it, with how many of their rows do."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import inspect

from admin_views.asked_filters import AskedFilter
from admin_views.filters import Equals

Related = tuple[str, str, str | None]
"""A list's name, how many of its rows refer to the record, and the address that shows them, if there are any."""


class RelatedLists:
    """Mixed into a model view."""

    admin: Any
    endpoint: Any
    model: Any
    name: Any
    _filters: Any
    count_rows: Any
    get_filter_arg: Any
    get_url: Any
    is_accessible: Any

    def related_lists(self, record: Any) -> list[Related]:
        """All lists that the person may see, in the navigation's order; those that name a record twice come twice."""
        return [
            related
            for view in self.admin._views
            if isinstance(view, RelatedLists) and view.is_accessible()
            for related in view._referring_to(record)
        ]

    def _referring_to(self, record: Any) -> Iterator[Related]:
        [key, *others] = inspect(type(record)).primary_key
        found = [] if others else list(self._filters_by(key))
        for index, flt in found:
            name = self.get_filter_arg(index, flt)
            value = str(inspect(record).identity[0])
            address = self.get_url(f"{self.endpoint}.index_view", **{f"flt0_{name}": value})
            count = self.count_rows(None, [AskedFilter(index, flt.name, value)])
            if count is not None:
                label = str(self.name) if len(found) == 1 else f"{self.name}: {flt.name}"
                yield label, str(count), address if count.number else None

    def _filters_by(self, key: Any) -> Iterator[tuple[int, Any]]:
        """Those that a column of this list's own table has, which refers to this key of another."""
        own = inspect(self.model).local_table
        for index, flt in enumerate(self._filters or ()):
            refers = getattr(flt.column, "foreign_keys", ()) if type(flt) is Equals else ()
            if any(one.parent.table is own and one.column is key for one in refers):
                yield index, flt
