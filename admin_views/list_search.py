"""The search of a list: words, phrases, ids and what is not to be found, in the columns that the view names."""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import g, has_request_context

from extensions import db_session
from services.listing import search_terms
from services.listing.search import Searched, conditions
from services.listing.search_fields import SearchField, grouped
from services.listing.search_terms import SearchTerm


class ListSearch:
    """Mixed into a model view: `column_searchable_list` names the columns, here or along relations."""

    model: Any
    column_search_whole: ClassVar[Sequence[str]] = ()
    """Those of them, by name, of which only the whole value is looked for: keys that somebody pastes."""
    _search_fields: Any
    searched: Searched

    def init_search(self) -> bool:
        is_supported = super().init_search()
        if is_supported:
            fields = [
                SearchField(field, tuple(path or ()), not path and field.key in self.column_search_whole)
                for field, path in self._search_fields
            ]
            self.searched = Searched(self.model, grouped(fields))
        return bool(is_supported)

    def _apply_search(
        self, query: Any, count_query: Any, joins: dict[Any, Any], count_joins: dict[Any, Any], search: str
    ) -> tuple[Any, Any, dict[Any, Any], dict[Any, Any]]:
        """Keep rows in which each term is found in some searchable column, or has the row's id begin with it."""
        found = self._conditions(search)
        return query.filter(*found), count_query and count_query.filter(*found), joins, count_joins

    def _conditions(self, search: str) -> list[Any]:
        """What a search means; looked up once a request, though its rows and their count both ask."""
        terms = [term for term in search_terms.parse(search) if isinstance(term, SearchTerm)]
        known = g.setdefault("searches", {}) if has_request_context() else {}
        asked = (self.endpoint, search)
        if asked not in known:
            known[asked] = conditions(db_session(), self.searched, terms)
        return known[asked]
