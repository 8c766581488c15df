"""Facets of a list: the values of a few columns, each with how many rows have it under the other filters in force."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import request
from flask.typing import ResponseReturnValue
from flask_admin import expose
from sqlalchemy import inspect

from admin_views.asked_filters import AskedFilter, clauses
from admin_views.filters.comparisons import Empty, Equals, InList
from admin_views.filters.values import Choices, YesNo
from extensions import db_session
from services.listing import facets
from services.listing.counts import Count

NO_VALUE = "None"
"""What rows without a value are called among the values."""


@dataclass(frozen=True)
class Facet:
    """A column whose values are counted, and the filters that choose them."""

    source: str
    label: str
    equals: int
    """The index of its filter for one value."""
    in_list: int | None
    """That for several; None where only one can be chosen."""
    empty: int | None
    """That for rows without a value; None where each row has one."""
    options: tuple[tuple[str, str], ...]
    """Values and their labels; empty where they are looked up."""


@dataclass(frozen=True)
class Entry:
    """One value of a facet."""

    label: str
    count: Count | None
    """None where it could not be counted in time."""
    is_chosen: bool
    url: str
    """The list with the value chosen, or no longer."""


class ListFacets:
    """Mixed into a model view."""

    column_facets: ClassVar[Sequence[str] | None] = None
    """Columns of `column_filters` whose values are counted: those of enums and booleans unless the view says otherwise.

    Any other should have few values: texts, or keys of other tables, which are named by their records.
    """
    model: Any
    why_closed: Callable[[Any], str | None]
    _filters: Any

    @expose("/facets/")
    def facets_view(self) -> ResponseReturnValue:
        """The facets: alone for the list's page, which takes them in, or as a page where no script runs.

        Raises:
            InvalidInputError: an argument can't be used.
        """
        arguments = self.asked()
        template = "_facets.html" if request.headers.get("HX-Request") else "facets.html"
        counted = [(facet, self._facet_entries(facet, arguments)) for facet in self.facets()]
        return self.render(f"admin/model/{template}", facets=counted, return_url=self._get_list_url(arguments))

    def facets(self) -> list[Facet]:
        """The columns whose values are counted."""
        filters = [flt for flt in self._filters or () if self._is_facet(flt) and not self.why_closed(flt)]
        sources = {flt.source: None for flt in filters}
        return [self._facet(source) for source in sources]

    def _is_facet(self, flt: Any) -> bool:
        if type(flt) is not Equals or flt.source is None:
            return False
        if self.column_facets is not None:
            return flt.source in self.column_facets
        return isinstance(flt.values, Choices | YesNo)

    def _facet(self, source: str) -> Facet:
        own = [(index, flt) for index, flt in enumerate(self._filters) if getattr(flt, "source", None) == source]
        equals = next(index for index, flt in own if type(flt) is Equals)
        in_list = next((index for index, flt in own if type(flt) is InList), None)
        empty = next((index for index, flt in own if isinstance(flt, Empty)), None)
        flt = self._filters[equals]
        return Facet(source, str(flt.name), equals, in_list, empty, flt.values.options)

    def _facet_entries(self, facet: Facet, arguments: Any) -> list[Entry]:
        """The values with their counts under the filters of all other columns."""
        own, others = self._part_for_facet(facet, arguments.filters)
        chosen = _chosen(facet, own)

        def asking(values: Sequence[str | None]) -> Any:
            return arguments.clone(filters=[*others, *_filters_for(facet, values)] or None, page=0)

        labelled = self._facet_values(facet, asking)
        labels = {value: label for value, label, _ in labelled}
        labels |= {value: value or NO_VALUE for value in chosen if value not in labels}
        counts = {value: count for value, _, count in labelled if count}
        return [
            Entry(label, counts.get(value), value in chosen, self._get_list_url(asking(_toggled(facet, chosen, value))))
            for value, label in labels.items()
        ]

    def _facet_values(self, facet: Facet, asking: Any) -> list[tuple[str | None, str, Count | None]]:
        """The values, their labels and their counts."""
        db = db_session()
        nothing: list[tuple[str | None, str]] = [] if facet.empty is None else [(None, NO_VALUE)]
        found = [] if facet.options else self._facet_lookup(facet, self.matching_ids(asking(())))
        known = [*facet.options, *nothing]
        counts = facets.count_each(db, [self.matching_ids(asking([value])) for value, _ in known]) if known else []
        return found + [(value, label, counts and counts[at]) for at, (value, label) in enumerate(known)]

    def _facet_lookup(self, facet: Facet, selection: Any) -> list[tuple[str | None, str, Count | None]]:
        flt = self._filters[facet.equals]
        found = facets.count_values(db_session(), selection, flt.column) or []
        labels = self._facet_names(flt, [value for value, _ in found])
        return [(value, labels.get(value, value), count) for value, count in found]

    def _facet_names(self, flt: Any, values: Sequence[str]) -> dict[str, str]:
        """What the records are called that these keys of another table name."""
        relations = inspect(self.model).relationships
        relation = next((one for one in relations if one.local_columns == {flt.column} and not one.uselist), None)
        if relation is None or not values:
            return {}
        [key] = relation.mapper.primary_key
        records = db_session().query(relation.mapper.class_).filter(key.in_(map(flt.values.parse, values)))
        return {str(relation.mapper.primary_key_from_instance(record)[0]): str(record) for record in records}

    def _part_for_facet(self, facet: Facet, filters: Any) -> tuple[list[Any], list[Any]]:
        """The filters that are about the facet's column alone, and all others."""
        own: list[Any] = []
        others: list[Any] = []
        for clause in clauses(filters):
            is_own = all(getattr(self._filters[asked[0]], "source", None) == facet.source for asked in clause)
            (own if is_own else others).extend(clause)
        return own, others


def _chosen(facet: Facet, own: Sequence[Any]) -> list[str | None]:
    """The values that the column's filters let through; None for rows without one."""
    chosen: list[str | None] = []
    for index, _, value in own:
        if index == facet.equals:
            chosen.append(value)
        elif index == facet.in_list:
            chosen += [part.strip() for part in value.split(",") if part.strip()]
        elif index == facet.empty and value == "1":
            chosen.append(None)
    return chosen


def _toggled(facet: Facet, chosen: Sequence[str | None], value: str | None) -> list[str | None]:
    """The values that are chosen once this one is clicked; rows without a value can't be had together with others."""
    if value in chosen:
        return [one for one in chosen if one != value]
    if value is None or facet.in_list is None:
        return [value]
    return [*(one for one in chosen if one is not None), value]


def _filters_for(facet: Facet, values: Sequence[str | None]) -> list[AskedFilter]:
    if not values:
        return []
    if None in values:
        return [AskedFilter(facet.empty or 0, facet.label, "1")]
    if len(values) == 1 or facet.in_list is None:
        return [AskedFilter(facet.equals, facet.label, str(values[0]))]
    return [AskedFilter(facet.in_list, facet.label, ",".join(map(str, values)))]
