"""The search of a list: words, phrases, ids, what is not to be found, and qualifiers: filters that are typed."""

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from flask import flash, g, has_request_context, redirect, request
from flask.typing import ResponseReturnValue

from admin_views.list_arguments import is_searchable
from admin_views.search_qualifiers import Qualifiers
from extensions import db_session
from services.listing import search_terms
from services.listing.search import TERMS_LIMIT, conditions
from services.listing.search_fields import SearchField
from services.listing.search_terms import Qualifier, SearchTerm
from services.listing.searched import Searched

_LIKE_A_QUALIFIER = re.compile(r"([a-z][a-z0-9_.]*):(?!/)[^:\s]+")
NAMED = 8
"""Qualifiers that a hint names."""


class ListSearch:
    """Mixed into a model view: `column_searchable_list` names the columns, here or along relations."""

    model: Any
    column_search_whole: ClassVar[Sequence[str]] = ()
    """Those of them, by name, of which only the whole value is looked for: keys that somebody pastes."""
    _search_fields: Any
    _search_supported: bool
    searched: Searched
    qualifiers: Qualifiers

    def search_fields(self) -> list[SearchField]:
        """All that the list can be searched by; `searched` is by what it is for who asks."""
        return [
            SearchField(field, tuple(path or ()), not path and field.key in self.column_search_whole)
            for field, path in self._search_fields
        ]

    def search_suggestions(self) -> list[dict[str, Any]]:
        """What the search box offers while somebody types."""
        return self.qualifiers.suggestions()

    def can_search(self, search: str) -> bool:
        """Whether a search can be used, by its form and by its qualifiers."""
        return is_searchable(search) and not self.search_problems(search)

    def search_problems(self, search: str) -> list[str]:
        """Why a search can't be used; nothing where it can, and where nothing is searched at all."""
        if not self._search_supported:
            return []
        parsed = search_terms.parse(search, self.qualifiers)
        problems = [self.qualifiers.problem(one) for one in parsed if _is_qualifier(one) and not self._filter_of(one)]
        if len(parsed) > TERMS_LIMIT:
            problems.append(f"A search has at most {TERMS_LIMIT} words, phrases and qualifiers.")
        return problems

    def _apply_search(
        self, query: Any, count_query: Any, joins: dict[Any, Any], count_joins: dict[Any, Any], search: str
    ) -> tuple[Any, Any, dict[Any, Any], dict[Any, Any]]:
        """Keep rows in which each term is found, and for which the qualifiers hold that no filter was made of yet."""
        found, filters = self._conditions(search)
        query, count_query = query.filter(*found), count_query and count_query.filter(*found)
        if not filters:
            return query, count_query, joins, count_joins
        return self._apply_filters(query, count_query, joins, count_joins, filters)  # type: ignore[no-any-return]

    def _conditions(self, search: str) -> tuple[list[Any], list[Any]]:
        """What a search means; looked up once a request, though its rows and their count both ask."""
        known = g.setdefault("searches", {}) if has_request_context() else {}
        asked = (self.endpoint, search)
        if asked not in known:
            parsed = search_terms.parse(search, self.qualifiers)
            terms = [one for one in parsed if isinstance(one, SearchTerm)]
            filters = [self._filter_of(one) for one in parsed if _is_qualifier(one)]
            known[asked] = conditions(db_session(), self.searched, terms), filters
        return known[asked]

    def _filter_of(self, qualifier: Any) -> Any:
        return self.qualifiers.asked(qualifier)

    def _handle_view(self, name: str, **kwargs: Any) -> ResponseReturnValue | None:
        """Lead a search with qualifiers to the list's address that has them as filters."""
        refusal = super()._handle_view(name, **kwargs)
        search = request.args.get("search", "")
        if refusal is not None or name != "index_view" or not search or not self.can_search(search):
            return refusal
        parsed = search_terms.parse(search, self.qualifiers)
        filters = [self._filter_of(one) for one in parsed if _is_qualifier(one)]
        self._hint(parsed)
        return redirect(self._with_filters(parsed, filters)) if filters else None

    def _with_filters(self, parsed: Sequence[Any], filters: Sequence[Any]) -> str:
        """The list's address with more filters, and with the words alone left to search for."""
        arguments = self._get_list_extra_args(lambda message: None)
        known = list(arguments.filters or ())
        words = [one for one in parsed if not _is_qualifier(one)]
        changes = {"search": search_terms.written(words) or None, "page": 0}
        added = [flt for flt in dict.fromkeys(filters) if flt not in known]
        return str(self._get_list_url(arguments.clone(filters=[*known, *added], **changes)))

    def _hint(self, parsed: Sequence[Any]) -> None:
        """Say so where a word looks like a qualifier that there is none of; it was looked for as a word."""
        names = self.qualifiers.names()
        for one in parsed:
            match = not _is_qualifier(one) and not one.is_phrase and _LIKE_A_QUALIFIER.fullmatch(one.text)
            if match and names:
                known = ", ".join(f"{name}:" for name in names[:NAMED])
                flash(f"“{one}” was looked for as a word, since there is no “{match[1]}:”. There is {known}…", "info")


def _is_qualifier(one: Any) -> bool:
    return isinstance(one, Qualifier)
