"""Field rules in lists: by what somebody can't see, nobody searches, filters or sorts, and none of it is offered."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import standings
from admin_views.search_qualifiers import Qualifiers
from services import field_rules
from services.listing.search_fields import SearchField, grouped
from services.listing.searched import Searched
from services.permissions import Permission

Closed = frozenset[Permission]
_WORDS = {Permission.SEE_EMAILS: "e-mail addresses", Permission.SEE_SURVEYS: "survey answers"}


class FieldRules:
    """Mixed into a model view: it is as if its lists did not know the fields that are closed to who asks."""

    model: Any
    column_searchable_list: Any
    _filters: Any
    _search_fields: Any

    def closed_fields(self) -> Closed:
        """The kinds of fields that are closed to who asks; none while the view is made."""
        return standings.closed_fields()

    def is_closed_filter(self, flt: Any, closed: Closed) -> bool:
        return field_rules.is_closed(getattr(flt, "column", None), closed)

    def why_closed(self, flt: Any) -> str | None:
        """Why who asks can't filter so; None where they can."""
        closed = self.closed_fields()
        kinds = [_WORDS[kind] for kind in sorted(closed) if self.is_closed_filter(flt, frozenset({kind}))]
        return f"Your role does not see {kinds[0]} of others, so it can’t filter by “{flt.name}”." if kinds else None

    def open_search_names(self) -> list[str]:
        """The columns that are searched, by name."""
        closed = self.closed_fields()
        names = [str(name) for name in self.column_searchable_list or ()]
        if not closed or len(names) != len(self._search_fields or ()) or not names:
            return names
        fields = zip(names, self._search_fields, strict=True)
        return [name for name, (column, _) in fields if not field_rules.is_closed(column, closed)]

    @property
    def _sortable_columns(self) -> Mapping[str, Any]:
        """By what the list can be ordered: of several columns by the open ones, so that people who gave no name, and
        are called by their address, are in no order that tells of it."""
        known: Mapping[str, Any] = self.__dict__["_sortable"]
        closed = self.closed_fields()
        if not closed:
            return known
        open_to = {name: _open(group, group, closed) for name, group in known.items()}
        return {name: left for name, left in open_to.items() if left is not None}  # a column is neither true nor false

    @_sortable_columns.setter
    def _sortable_columns(self, columns: Mapping[str, Any]) -> None:
        self.__dict__["_sortable"] = columns

    @property
    def _sortable_joins(self) -> Mapping[str, Any]:
        """What leads to these columns, of several to each."""
        joins: Mapping[str, Any] = self.__dict__["_sortable_paths"]
        closed = self.closed_fields()
        if not closed:
            return joins
        columns = self.__dict__["_sortable"]
        return {name: _open(columns[name], paths, closed) for name, paths in joins.items()}

    @_sortable_joins.setter
    def _sortable_joins(self, joins: Mapping[str, Any]) -> None:
        self.__dict__["_sortable_paths"] = joins

    def is_partly_open(self, name: str) -> bool:
        """Whether the list is ordered by some of the columns for which a name stands, since others are closed."""
        group = self.__dict__["_sortable"].get(name)
        closed = self.closed_fields()
        return isinstance(group, list) and any(field_rules.is_closed(column, closed) for column in group)

    @property
    def searched(self) -> Searched:
        """By what its rows are searched."""
        known: dict[Closed, Searched] = self.__dict__.setdefault("_searched", {})
        closed = self.closed_fields()
        if closed not in known:
            known[closed] = Searched(self.model, grouped(self._fields_open_to(closed)))
        return known[closed]

    @property
    def qualifiers(self) -> Qualifiers:
        """The filters that can be typed into the search box."""
        known: dict[Closed, Qualifiers] = self.__dict__.setdefault("_qualifiers", {})
        closed = self.closed_fields()
        if closed not in known:
            known[closed] = Qualifiers(self, lambda flt: not self.is_closed_filter(flt, closed))
        return known[closed]

    def _fields_open_to(self, closed: Closed) -> list[SearchField]:
        fields: list[SearchField] = self.search_fields()  # type: ignore[attr-defined]
        return [field for field in fields if not field_rules.is_closed(field.column, closed)]

    def _get_filter_groups(self) -> Any:
        """The filters that are offered."""
        groups = super()._get_filter_groups()  # type: ignore[misc]
        closed = self.closed_fields()
        if not closed or not groups:
            return groups
        offered = ((name, [one for one in group if self._is_offered(one, closed)]) for name, group in groups.items())
        return OrderedDict((name, group) for name, group in offered if group)

    def _is_offered(self, entry: Any, closed: Closed) -> bool:
        return not self.is_closed_filter(self._filters[entry["index"]], closed)


def _open(columns: Any, values: Any, closed: Closed) -> Any:
    """Of the values that belong to one or several columns, those that belong to open ones; None where none does."""
    if not isinstance(columns, list):
        return None if field_rules.is_closed(columns, closed) else values
    if not isinstance(values, list):
        return values
    pairs = zip(columns, values, strict=True)
    return [value for column, value in pairs if not field_rules.is_closed(column, closed)] or None
