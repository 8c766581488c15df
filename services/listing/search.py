"""The search of lists: rows in which each word is found in some column, here or in a related table.

A word that is in few rows is looked up first, by indexes, and the list is then made of the rows found. One that is in
many is asked of each row as the list's order comes to it, for then a page is soon full. Neither way does for both: at a
million rows the first takes seconds for a word in a third of them, the second for a word in none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    any_,
    case,
    cast,
    false,
    func,
    inspect,
    intersect,
    literal,
    or_,
    select,
    union_all,
)

from services.database import DbSession
from services.ids import id_range
from services.listing.search_fields import Group
from services.listing.search_terms import SearchTerm
from services.patience import patient

FEW = 10_000
"""Rows up to which a word is looked up first."""
SOON_ASKED = 500
"""Rows of which each can be asked for the other words, sooner than these are looked up."""
PATIENCE_MS = 1_500
"""For how long one word is looked up before it is asked of each row instead."""
A_PAGE = 100
"""Rows that hold all words which are found in no time where the words are often together."""
NO_TIME_MS = 200
TERMS_LIMIT = 20
"""Words of one search."""
_BY_INDEX = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}
"""A guess of how many rows hold a text is often wrong a hundredfold; so the plan is not left to it."""
_INDEXED = re.compile(r"\w{3}")
"""What a text must have for an index of trigrams to know it."""


@dataclass(frozen=True)
class Searched:
    """A table, and by what its rows are searched."""

    model: type[Any]
    groups: tuple[Group, ...]

    @cached_property
    def key(self) -> Any:
        """The column that is the primary key; None where it has several."""
        [column, *others] = inspect(self.model).primary_key
        return None if others else column

    @cached_property
    def is_indexed(self) -> bool:
        return self.key is not None and all(group.is_indexed for group in self.groups)

    def holds(self, term: SearchTerm) -> ColumnElement[bool]:
        """Whether a row holds the term's text somewhere, or has its id."""
        return or_(*self._by_id(term), *(group.holds(self.model, term.text) for group in self.groups))

    def keys(self, term: SearchTerm) -> Any:
        """A SELECT of the keys of these rows, some of them more than once."""
        by_id = (select(self.key).where(condition) for condition in self._by_id(term))
        return union_all(*by_id, *(found for group in self.groups for found in group.keys(self.model, term.text)))

    def _by_id(self, term: SearchTerm) -> Iterator[ColumnElement[bool]]:
        if self.key is None or term.is_phrase or term.is_excluded:
            return
        kind = self.key.type.python_type
        if kind is UUID and (ids := id_range(term.text.lower())):
            yield self.key.between(*ids)
        elif kind is int and re.fullmatch(r"[0-9]{1,18}", term.text):
            yield self.key == literal(int(term.text), BigInteger)


def conditions(
    db: DbSession, searched: Searched, terms: Sequence[SearchTerm], *, patience_ms: int = PATIENCE_MS
) -> list[ColumnElement[bool]]:
    """What holds for the rows in which each term is found, and none of those that are excluded.

    Args:
        patience_ms: milliseconds for which one term is looked up before it is asked of each row.
    """
    wanted = [term for term in terms if not term.is_excluded]
    ids, others = _looked_up(db, searched, wanted, patience_ms)
    if ids is not None and not ids:
        return [false()]
    found = [] if ids is None else [_is_among(searched.key, ids)]
    excluded = [~func.coalesce(searched.holds(term), false()) for term in terms if term.is_excluded]
    return [*found, *map(searched.holds, others), *excluded]


def _is_among(key: Any, ids: set[Any]) -> ColumnElement[bool]:
    """One parameter for all ids; its type is named, since exports write the statement out."""
    kind = ARRAY(key.type)
    among: ColumnElement[bool] = key == any_(cast(literal(sorted(ids), kind), kind))
    return among


def _looked_up(
    db: DbSession, searched: Searched, terms: Sequence[SearchTerm], patience_ms: int
) -> tuple[set[Any] | None, list[SearchTerm]]:
    """The keys of the rows that hold those terms which are in few, and the other terms.

    Returns:
        None for the keys where each term is in many rows, or can't be looked up.
    """
    if not searched.is_indexed:
        return None, list(terms)
    found: set[Any] | None = None
    many: list[SearchTerm] = []
    for term in sorted(terms, key=lambda term: -len(term.text)):
        if found is not None and len(found) <= SOON_ASKED:
            many.append(term)
            continue
        ids = _few(db, searched, [term], patience_ms)
        if ids is None:
            many.append(term)
        else:
            found = ids if found is None else found & ids
    if found is None and len(many) > 1 and not _are_often_together(db, searched, many):
        together = _few(db, searched, many, 2 * patience_ms)
        return together, (many if together is None else [])
    return found, many


def _few(db: DbSession, searched: Searched, terms: Sequence[SearchTerm], patience_ms: int) -> set[Any] | None:
    """The keys of all rows that hold the terms; None where they are many, or take long to find."""
    keys = [searched.keys(term) for term in terms]
    rows = intersect(*keys).limit(FEW + 1).subquery() if len(keys) > 1 else keys[0].limit(FEW + 1).subquery()
    all_keys = func.coalesce(func.array_agg(rows.c[0]), literal([], ARRAY(searched.key.type)))
    is_indexed = all(_INDEXED.search(term.text) for term in terms)
    with patient(db, patience_ms, _BY_INDEX if is_indexed else None) as reader:
        answer = reader.read(select(case((func.count() <= FEW, all_keys))).select_from(rows))
    return set(answer[0]) if answer and answer[0] is not None else None


def _are_often_together(db: DbSession, searched: Searched, terms: Sequence[SearchTerm]) -> bool:
    """Whether a page of rows that hold all of them is found in no time."""
    rows = select(searched.key).where(*map(searched.holds, terms)).limit(A_PAGE)
    with patient(db, NO_TIME_MS) as reader:
        return len(reader.read(rows) or ()) == A_PAGE
