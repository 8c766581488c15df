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
    true,
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
AT_ONCE_MS = 400
"""For how long two words are looked up at once, before they are one by one."""
TERMS_LIMIT = 20
"""Words of one search."""
_BY_INDEX = dict.fromkeys(("enable_seqscan", "enable_hashjoin", "enable_mergejoin"), "off") | {
    "max_parallel_workers_per_gather": "0"
}
"""A guess of how many rows hold a text is often wrong a hundredfold; so the plan is not left to it. A worker is not
started sooner than few rows are found."""
_INDEXED = re.compile(r"\w{3}")
"""What a text must have for an index of trigrams to know it."""


class FoundKeys(list[Any]):
    """Keys of rows that are there, each once: a list that is made of nothing else need not be counted again."""


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
    among: ColumnElement[bool] = key == any_(cast(literal(FoundKeys(sorted(ids)), kind), kind))
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
    pending = sorted(terms, key=lambda term: -len(term.text))
    found, many, pending = _two_at_once(db, searched, pending, patience_ms)
    for term in pending:
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


def _two_at_once(
    db: DbSession, searched: Searched, terms: list[SearchTerm], patience_ms: int
) -> tuple[set[Any] | None, list[SearchTerm], list[SearchTerm]]:
    """What the first two terms come to where they are soon found, so that only keys common to them are read.

    Returns:
        The keys of the rows found, if any; those of the terms that are in many rows; and those still to be looked up.
    """
    if len(terms) < 2 or not all(_INDEXED.search(term.text) for term in terms[:2]):
        return None, [], terms
    first, second, *others = terms
    with patient(db, min(AT_ONCE_MS, patience_ms), _BY_INDEX) as reader:
        answer = reader.rows(_of_two(searched, first, second))
    if not answer:
        return None, [], terms
    [(of_first, of_both)] = answer
    if of_both is not None:
        return set(of_both), [], others
    if of_first is not None:
        return set(of_first), [second], others
    return None, [first], [second, *others]


def _of_two(searched: Searched, first: SearchTerm, second: SearchTerm) -> Any:
    """A SELECT of the keys of the rows that hold the first term, or both; null for those that are not to be used.

    The second is looked up only where the first is in few rows, but too many to ask each: nothing is read of what a
    CASE does not come to.
    """
    a, b = (searched.keys(term).limit(FEW + 1) for term in (first, second))
    of_a = a.cte().prefix_with("MATERIALIZED")
    of_b = b.subquery()
    common = select(_if_few(searched, of_b, of_b.c[0].in_(select(of_a.c[0])))).cte().prefix_with("MATERIALIZED")
    number = select(func.count()).select_from(of_a).scalar_subquery()
    in_both = select(common).scalar_subquery()
    both = case((number.between(SOON_ASKED + 1, FEW), in_both))
    return select(case((both.is_(None), select(_if_few(searched, of_a)).scalar_subquery())), both)


def _if_few(searched: Searched, rows: Any, condition: ColumnElement[bool] | None = None) -> Any:
    """The keys among the rows for which the condition holds; null where there are many rows."""
    keys = func.array_agg(rows.c[0]).filter(true() if condition is None else condition)
    return case((func.count() <= FEW, func.coalesce(keys, literal([], ARRAY(searched.key.type)))))


def _few(db: DbSession, searched: Searched, terms: Sequence[SearchTerm], patience_ms: int) -> set[Any] | None:
    """The keys of all rows that hold the terms; None where they are many, or take long to find."""
    keys = [searched.keys(term) for term in terms]
    rows = intersect(*keys).limit(FEW + 1).subquery() if len(keys) > 1 else keys[0].limit(FEW + 1).subquery()
    is_indexed = all(_INDEXED.search(term.text) for term in terms)
    with patient(db, patience_ms, _BY_INDEX if is_indexed else None) as reader:
        answer = reader.read(select(_if_few(searched, rows)).select_from(rows))
    return set(answer[0]) if answer and answer[0] is not None else None


def _are_often_together(db: DbSession, searched: Searched, terms: Sequence[SearchTerm]) -> bool:
    """Whether a page of rows that hold all of them is found in no time."""
    rows = select(searched.key).where(*map(searched.holds, terms)).limit(A_PAGE)
    with patient(db, NO_TIME_MS) as reader:
        return len(reader.read(rows) or ()) == A_PAGE
