"""Filters of columns of related rows.

Where a row may have several, they are looked for and not joined: joined with several, it would stand there as often.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table
from sqlalchemy.orm import aliased

from admin_views.filters.base import Filter


def are_many(path: Sequence[Any]) -> bool:
    """Whether a row may have several rows at the end of these relations; of a bare table nobody knows."""
    return any(isinstance(step, Table) or step.property.uselist for step in path)


def through(path: Sequence[Any], flt: Filter, value: Any) -> ColumnElement[bool]:
    """Whether one of the related rows is as the filter says; all of them, where the filter denies something.

    Args:
        path: relations, from the listed table on.
    """
    aliases = [aliased(step.property.mapper.class_) for step in path]
    condition = flt.condition(flt.get_column(aliases[-1]), value)
    is_for_all = flt.holds_for_all(value)
    found = ~condition if is_for_all else condition
    for place in reversed(range(len(path))):
        step = getattr(aliases[place - 1], path[place].key) if place else path[0]
        relation = step.of_type(aliases[place])
        found = relation.any(found) if step.property.uselist else relation.has(found)
    return ~found if is_for_all else found
