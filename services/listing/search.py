"""The search of lists: rows in which each word is found in some column, here or in a related table.

A word that is in few rows is looked up first, by indexes, and the list is then made of the rows found. One that is in
many is asked of each row as the list's order comes to it, for then a page is soon full. Neither way does for both: at a
million rows the first takes seconds for a word in a third of them, the second for a word in none.
"""

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, any_, case, cast, false, func, intersect, literal, select

from services.database import DbSession
from services.listing.search_pair import of_pair
from services.listing.search_terms import SearchTerm
from services.listing.searched import Searched
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
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
}
"""A guess of how many rows hold a text is often wrong a hundredfold; so the plan is not left to it. A worker is not
started sooner than few rows are found; nor is anything compiled, for what has no index and must be read seems dear."""
_UNGUESSED = _BY_INDEX | {"plan_cache_mode": "force_generic_plan"}
"""For a statement with many conditions on texts: nothing comes of guessing each, which takes milliseconds."""
_INDEXED = re.compile(r"\w{3}")
"""What a text must have for an index of trigrams to know it."""


class FoundKeys(list[Any]):
    """Keys of rows that are there, each once: a list that is made of nothing else need not be counted again."""


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
    excluded = [~func.coalesce(searched.holds(searched.sought(term)), false()) for term in terms if term.is_excluded]
    return [*found, *(searched.holds(searched.sought(term)) for term in others), *excluded]


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
    """What the first two terms come to where that is soon found.

    Returns:
        The keys of the rows found, if any; the terms that are in many rows; and those still to be looked up.
    """
    if len(terms) < 2 or not all(_INDEXED.search(term.text) for term in terms[:2]):
        return None, [], terms
    pair, others = terms[:2], terms[2:]
    statement, parameters = of_pair(searched, pair, few=FEW, soon=SOON_ASKED)
    with patient(db, min(AT_ONCE_MS, patience_ms), _UNGUESSED) as reader:
        answer = reader.rows(statement, parameters)
    if not answer:
        return None, [], terms
    [(both, alone, *are_few)] = answer
    if both is not None:
        return set(both), [], others
    many = [term for term, is_few in zip(pair, are_few, strict=True) if not is_few]
    if alone is not None:
        return set(alone), many, others
    return None, many, [term for term in terms if term not in many]


def _few(db: DbSession, searched: Searched, terms: Sequence[SearchTerm], patience_ms: int) -> set[Any] | None:
    """The keys of all rows that hold the terms; None where they are many, or take long to find."""
    keys = [searched.keys(searched.sought(term)) for term in terms]
    rows = intersect(*keys).limit(FEW + 1).subquery() if len(keys) > 1 else keys[0].limit(FEW + 1).subquery()
    found = func.coalesce(func.array_agg(rows.c[0]), literal([], ARRAY(searched.key.type)))
    is_indexed = all(_INDEXED.search(term.text) for term in terms)
    with patient(db, patience_ms, _BY_INDEX if is_indexed else None) as reader:
        answer = reader.read(select(case((func.count() <= FEW, found))).select_from(rows))
    return set(answer[0]) if answer and answer[0] is not None else None


def _are_often_together(db: DbSession, searched: Searched, terms: Sequence[SearchTerm]) -> bool:
    """Whether a page of rows that hold all of them is found in no time."""
    rows = select(searched.key).where(*(searched.holds(searched.sought(term)) for term in terms)).limit(A_PAGE)
    with patient(db, NO_TIME_MS) as reader:
        return len(reader.read(rows) or ()) == A_PAGE
