"""Facets: which values a list's rows have in a column, and how many rows have each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.dialects.postgresql import array

from services.database import DbSession
from services.listing import counted
from services.listing.counts import LIMIT, PATIENCE_MS, Certainty, Count
from services.patience import patient

VALUES = 20
"""Values of one column that are looked up, the commonest."""


def count_each(
    db: DbSession, selections: Sequence[Select[Any]], *, limit: int = LIMIT, patience_ms: int = PATIENCE_MS
) -> list[Count] | None:
    """How many rows each statement selects, in one round trip, or out of the ledger where that knows them all.

    Args:
        selections: SELECTs of rows, in no order.
        limit: rows up to which each is counted.
        patience_ms: milliseconds that all may take together.

    Returns:
        None where it takes too long.
    """
    known = [counted.in_ledger(db, selection) for selection in selections]
    if all(number is not None for number in known):
        return [Count(number or 0) for number in known]
    numbers = [
        select(func.count())
        .select_from(selection.with_only_columns(literal(1), maintain_column_froms=True).limit(limit + 1).subquery())
        .scalar_subquery()
        for selection in selections
    ]
    with patient(db, patience_ms) as reader:
        found = reader.read(select(array(numbers)))
    return None if found is None else [_up_to(limit, number) for number in found[0]]


def count_values(
    db: DbSession, selection: Select[Any], column: Any, *, patience_ms: int = PATIENCE_MS
) -> list[tuple[str, Count]] | None:
    """The commonest values of a column among the rows that a statement selects, as text, and how many rows have each.

    Returns:
        None where it takes too long.
    """
    numbers = selection.with_only_columns(
        column.label("value"), func.count().label("number"), maintain_column_froms=True
    )
    numbers = numbers.where(column.is_not(None)).group_by(column)
    commonest = numbers.order_by(func.count().desc(), column).limit(VALUES).subquery()
    pairs = select(func.json_build_array(commonest.c.value, commonest.c.number)).select_from(commonest)
    with patient(db, patience_ms) as reader:
        found = reader.read(pairs)
    return None if found is None else [(str(value), Count(number)) for value, number in found]


def _up_to(limit: int, number: int) -> Count:
    return Count(number) if number <= limit else Count(limit, Certainty.AT_LEAST)
