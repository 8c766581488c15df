"""Field rules in SQL: what PostgreSQL writes into a file is what Python would have made of it."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Text, case, cast, func, literal, literal_column, null, select
from sqlalchemy.dialects.postgresql import JSONB

from services import field_rules
from services.field_rules import ADDRESS, PLAIN_ANSWERS, REST, Mask, Onlooker, Rule
from services.permissions import Permission
from services.secrets import HIDDEN


def is_writable(column: Any, closed: frozenset[Permission]) -> bool:
    """Whether PostgreSQL can mask the column itself, or needs not."""
    return not field_rules.is_closed(column, closed) or _SQL.get(_rule_of_attribute(column).mask) is not None


def selected(entity: Any, name: str, onlooker: Onlooker | None) -> ColumnElement[Any]:
    """An entity's column as the onlooker is to see it."""
    column = getattr(entity, name)
    if onlooker is None or not field_rules.is_closed(column, onlooker.closed):
        return column  # type: ignore[no-any-return]
    rule = _rule_of_attribute(column)
    masked = _SQL[rule.mask](column, onlooker)
    if rule.owner is None or onlooker.id is None:
        return masked
    return case((getattr(entity, rule.owner) == onlooker.id, column), else_=masked)


def _rule_of_attribute(attribute: Any) -> Rule:
    [column] = attribute.property.columns
    rule = field_rules.rule_of(column)
    assert rule is not None
    return rule


def _email_in_sql(column: Any, onlooker: Onlooker) -> ColumnElement[Any]:
    return case((column == onlooker.name, column), else_=func.left(column, 1) + literal(REST))


def _name_in_sql(column: Any, onlooker: Onlooker) -> ColumnElement[Any]:
    masked = func.regexp_replace(column, literal(ADDRESS), literal(rf"\1{REST}"), literal("g"), type_=Text())
    return case((column == onlooker.name, column), else_=masked)


def _survey_in_sql(column: Any, onlooker: Onlooker) -> ColumnElement[Any]:
    entries = func.jsonb_each(column).table_valued("key", "value").alias("entries")
    told = case((entries.c.key.in_(sorted(PLAIN_ANSWERS)), cast(entries.c.value, JSONB)), else_=func.to_jsonb(_HIDDEN))
    questions = select(func.jsonb_object_agg(entries.c.key, told)).select_from(entries).scalar_subquery()
    kind = func.jsonb_typeof(column)
    return case(
        (kind == "object", func.coalesce(questions, literal_column("'{}'::jsonb"))),
        (kind == "null", null()),
        else_=func.to_jsonb(_HIDDEN),
    )


_HIDDEN: ColumnElement[str] = literal_column(f"'{HIDDEN}'::text")
_SQL: Mapping[Mask, Callable[[Any, Onlooker], ColumnElement[Any]]] = {
    field_rules.masked_email: _email_in_sql,
    field_rules.masked_name: _name_in_sql,
    field_rules.masked_survey: _survey_in_sql,
}
"""Masks that PostgreSQL knows; what it does not, Python writes."""
