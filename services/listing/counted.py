"""Statements that count, taken apart: which rows they count, and whether the ledger has counted those already."""

from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, Table, literal
from sqlalchemy.sql import elements, operators, visitors
from sqlalchemy.sql.functions import count

from models import Deploy, OnboardingSession, Project
from services import metrics
from services.database import DbSession
from services.listing.search import FoundKeys

LEDGER = tuple(model.__tablename__ for model in (OnboardingSession, Project, Deploy))
"""Tables whose rows triggers count by status."""
_PLAIN = (
    elements.BinaryExpression,
    elements.BindParameter,
    elements.BooleanClauseList,
    elements.ExpressionClauseList,
    elements.False_,
    elements.Grouping,
    elements.True_,
    elements.UnaryExpression,
)
"""What a condition may be made of, besides the status, to mean of a label what it means of a row."""


def rows(counting: Select[Any]) -> Select[Any] | None:
    """The rows that a statement counts, as one that a limit can cut short; None where it is not rows that it counts."""
    [column, *others] = counting.selected_columns
    if others or not isinstance(column, count) or not _is_of_rows(column) or _is_reshaped(counting):
        return None
    return counting.with_only_columns(literal(1), maintain_column_froms=not counting._from_obj)


def in_ledger(db: DbSession, counted: Select[Any]) -> int | None:
    """How many rows there are, where the ledger knows it.

    It does where its triggers count the table, and the conditions are about nothing but its status: what they say of a
    row, they then say of the ledger's labels.

    Args:
        counted: the rows, as `rows` returned them.

    Returns:
        None where it doesn't.
    """
    table = _only_table(counted)
    if table is None or table.name not in LEDGER:
        return None
    condition = counted.whereclause
    if condition is None:
        return metrics.whole_total(db, table.name)
    if isinstance(getattr(condition, "element", condition), elements.False_):
        return 0  # the ledger isn't asked: it is closed to who sees their own records only
    counters = metrics.ledger(table.name)
    holds = _of_labels(condition, table, counters.c.label)
    return None if holds is None else metrics.total(db, counters, holds)


def by_keys(counted: Select[Any]) -> int | None:
    """How many rows there are, where they are just those that a search found; None where they are not.

    Args:
        counted: the rows, as `rows` returned them.
    """
    condition = counted.whereclause
    if not isinstance(condition, elements.BinaryExpression) or condition.operator is not operators.eq:
        return None
    table = _only_table(counted)
    found = [one.value for one in visitors.iterate(condition.right) if isinstance(one, BindParameter)]
    if table is None or [condition.left] != list(table.primary_key):
        return None
    return len(found[0]) if len(found) == 1 and isinstance(found[0], FoundKeys) else None


def _only_table(statement: Select[Any]) -> Table | None:
    """The one table that the statement reads; None where there are several, or it is no table.

    What the conditions read besides is for those to see who look at the conditions.
    """
    joins = statement._setup_joins or statement._memoized_select_entities
    froms = statement._from_obj if statement._from_obj and not joins else statement.get_final_froms()  # which is slow
    [table, *others] = froms
    return None if others or not isinstance(table, Table) else table


def _is_of_rows(column: count) -> bool:
    """Whether it counts all rows: not values, which may be missing or alike."""
    [of] = column.clauses
    return isinstance(of, BindParameter) or of.primary_key or getattr(of, "name", None) == "*"


def _is_reshaped(statement: Select[Any]) -> bool:
    return bool(
        statement._group_by_clauses
        or statement._having_criteria
        or statement._distinct
        or statement._limit_clause is not None
        or statement._offset_clause is not None
    )


def _of_labels(condition: ColumnElement[bool], table: Table, label: ColumnElement[str]) -> ColumnElement[bool] | None:
    """The condition on rows as one on labels; None where it is about more than the status."""

    def is_status(element: Any) -> bool:
        return isinstance(element, elements.ColumnClause) and element.name == "status" and element.table == table

    if not all(isinstance(element, _PLAIN) or is_status(element) for element in visitors.iterate(condition)):
        return None
    changed: ColumnElement[bool] = visitors.replacement_traverse(
        condition, {}, lambda element, **_: label if is_status(element) else None
    )
    return changed
