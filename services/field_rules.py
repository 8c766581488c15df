"""Field rules: what of a record needs a permission of its own, and what is shown of it to who lacks that.

An ORM session that reads for somebody (`read_as`) masks what it loads: a page, an answer or a message that is made of
records can't forget to. What reads columns alone asks for the masks by itself; what searches, filters, sorts or counts
asks `is_closed` first, since an answer to a guess tells as much as the field.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, case, cast, event, func, literal, literal_column, null, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import QueryContext, object_session
from sqlalchemy.orm.attributes import set_committed_value

from models import (
    ApiToken,
    AuditEvent,
    BulkJob,
    DeliveryPause,
    Deploy,
    FailureGroup,
    OnboardingSession,
    Recovery,
    Role,
    SavedView,
    StatusChange,
    TrashedRecord,
    User,
)
from services.database import DbSession
from services.permissions import Actor, Permission, Scope
from services.secrets import HIDDEN, hidden

REST = "•••@•••"
"""What stands for an address after its first letter. Its domain is hidden, too: names are shown, and of a name and a
domain most addresses can be told."""
ADDRESS = r"([^ \t\r\n@])[^ \t\r\n@]*(?:@|%40)[^ \t\r\n]+"
"""An address in a text, and what is written to it without a space; the same to Python and to PostgreSQL."""
PLAIN_ANSWERS = frozenset({"vercelHookOverride", "template"})
"""Entries of the survey that are no answers: a hook, which `masks` hides from everybody, and a key of a template."""

_ADDRESS = re.compile(ADDRESS)
_SURVEYS = frozenset({"survey", "metadata"})
"""What the survey is called where history tells of it."""
_READER = "reader"
"""Where an ORM session keeps for whom it reads."""


@dataclass(frozen=True)
class Reader:
    """Somebody for whom not all fields are open."""

    id: UUID | None
    name: str
    closed: frozenset[Permission]
    """The permissions that the reader has for the own records at most."""

    def sees_own(self, record: Any, owner: str) -> bool:
        """Whether the record is known to be the reader's own, by the attribute that says whose it is."""
        return self.id is not None and record.__dict__.get(owner) == self.id


Mask = Callable[[Any, Reader], Any]


@dataclass(frozen=True)
class Rule:
    """One field: what opens it to others, and what it is to who lacks that."""

    needs: Permission
    mask: Mask
    owner: str | None = None
    """The attribute that says whose record it is, to whom the field is open in any case."""


def masked_email(email: Any, reader: Reader) -> Any:
    """The first letter of an address."""
    return f"{email[:1]}{REST}" if isinstance(email, str) and email != reader.name else email


def masked_name(text: Any, reader: Reader) -> Any:
    """A text with the first letters of the addresses in it; who did something is named by an address."""
    return _ADDRESS.sub(rf"\1{REST}", text) if isinstance(text, str) and text != reader.name else text


def masked_survey(survey: Any, reader: Reader) -> Any:
    """The survey's questions, without what was answered."""
    if not isinstance(survey, dict):
        return hidden(survey)
    return {name: value if name in PLAIN_ANSWERS else HIDDEN for name, value in survey.items()}


def masked_json(value: Any, reader: Reader) -> Any:
    """What history has of a change: without addresses, and without answers, as far as these are closed."""
    if isinstance(value, dict):
        return {name: _entry(name, entry, reader) for name, entry in value.items()}
    if isinstance(value, list):
        return [masked_json(entry, reader) for entry in value]
    return masked_name(value, reader) if Permission.SEE_EMAILS in reader.closed else value


def _entry(name: str, value: Any, reader: Reader) -> Any:
    if name in _SURVEYS and Permission.SEE_SURVEYS in reader.closed:
        return masked_survey(value, reader)
    return masked_json(value, reader)


def _name(owner: str | None = None) -> Rule:
    return Rule(Permission.SEE_EMAILS, masked_name, owner)


RULES: Mapping[type[Any], Mapping[str, Rule]] = {
    User: {"email": Rule(Permission.SEE_EMAILS, masked_email, "id")},
    OnboardingSession: {"survey": Rule(Permission.SEE_SURVEYS, masked_survey, "user_id")},
    AuditEvent: {
        "actor": _name("actor_id"),
        "before": Rule(Permission.SEE_EMAILS, masked_json, "actor_id"),
        "after": Rule(Permission.SEE_EMAILS, masked_json, "actor_id"),
    },
    Deploy: {"actor": _name()},
    StatusChange: {"actor": _name()},
    Recovery: {"actor": _name("actor_id")},
    BulkJob: {"actor": _name("actor_id")},
    FailureGroup: {"status_by": _name()},
    DeliveryPause: {"paused_by": _name()},
    TrashedRecord: {"deleted_by": _name("actor_id")},
    ApiToken: {"revoked_by": _name()},
    SavedView: {"arguments": _name("owner_id")},
}
"""All fields that need a permission besides that for their record; every other is open to who may see the record."""
_BY_COLUMN = {
    (model.__tablename__, getattr(model, name).property.columns[0].name): rule
    for model, rules in RULES.items()
    for name, rule in rules.items()
}
_KINDS = frozenset(rule.needs for rule in _BY_COLUMN.values())


def closed_to(actor: Actor) -> frozenset[Permission]:
    """The kinds of fields that the actor does not see of everybody; empty for who sees all."""
    return _closed(actor.role, actor.only)


@cache
def _closed(role: Role | None, only: frozenset[Permission] | None) -> frozenset[Permission]:
    somebody = Actor(id=None, name="", role=role, only=only)
    return frozenset(kind for kind in _KINDS if somebody.scope(kind) is not Scope.ALL)


def is_closed(column: Any, closed: frozenset[Permission]) -> bool:
    """Whether a column, or a mapped attribute, can't be searched, filtered or sorted by where these kinds are closed.

    One's own records are no exception: who may see an own address alone has nothing to look for by it.
    """
    if not closed:
        return False
    columns = getattr(getattr(column, "property", None), "columns", None) or [column]
    return any((rule := _rule_of(one)) is not None and rule.needs in closed for one in columns)


def _rule_of(column: Any) -> Rule | None:
    table = getattr(column, "table", None)
    table = getattr(table, "element", table)  # an alias is of a table
    return _BY_COLUMN.get((getattr(table, "name", ""), getattr(column, "name", "")))


def read_as(db: DbSession, actor: Actor | None) -> None:
    """Have this ORM session mask what it loads from now on as the actor is to see it.

    Args:
        actor: nobody where it is not known who asks, or nobody does: who signs in is read, and is not shown.
    """
    closed = closed_to(actor) if actor is not None and actor.id is not None else None
    read_for(db, Reader(actor.id, actor.name, closed) if actor is not None and closed else None)


def read_for(db: DbSession, reader: Reader | None) -> None:
    """The same for a reader who is known."""
    db.info[_READER] = reader


def read_first_as(db: DbSession, actor: Actor | None) -> None:
    """Have a session that nobody has said it of read as the actor does."""
    if _READER not in db.info:
        read_as(db, actor)


def reader_of(db: DbSession) -> Reader | None:
    """For whom the session reads, where not all is open to them."""
    reader: Reader | None = db.info.get(_READER)
    return reader


def shown_email(db: DbSession, email: str) -> str:
    """An address that was read by itself, as the session's reader is to see it."""
    reader = reader_of(db)
    closed = reader is not None and Permission.SEE_EMAILS in reader.closed
    return str(masked_email(email, reader)) if reader is not None and closed else email


def shown_name(db: DbSession, name: str) -> str:
    """The same of who did something."""
    reader = reader_of(db)
    closed = reader is not None and Permission.SEE_EMAILS in reader.closed
    return str(masked_name(name, reader)) if reader is not None and closed else name


def is_writable_by_database(column: Any, closed: frozenset[Permission]) -> bool:
    """Whether PostgreSQL can mask the column itself, or needs not."""
    return not is_closed(column, closed) or _SQL.get(_rule_of_attribute(column).mask) is not None


def selected(entity: Any, name: str, reader: Reader | None) -> ColumnElement[Any]:
    """An entity's column as the reader is to see it: the same in SQL as `RULES` makes of it in Python."""
    column = getattr(entity, name)
    if reader is None or not is_closed(column, reader.closed):
        return column  # type: ignore[no-any-return]
    rule = _rule_of_attribute(column)
    masked = _SQL[rule.mask](column, reader)
    if rule.owner is None or reader.id is None:
        return masked
    return case((getattr(entity, rule.owner) == reader.id, column), else_=masked)


def _rule_of_attribute(attribute: Any) -> Rule:
    [column] = attribute.property.columns
    return _BY_COLUMN[column.table.name, column.name]


def _email_in_sql(column: Any, reader: Reader) -> ColumnElement[Any]:
    return case((column == reader.name, column), else_=func.left(column, 1) + literal(REST))


def _name_in_sql(column: Any, reader: Reader) -> ColumnElement[Any]:
    masked = func.regexp_replace(column, literal(ADDRESS), literal(rf"\1{REST}"), literal("g"), type_=Text())
    return case((column == reader.name, column), else_=masked)


def _survey_in_sql(column: Any, reader: Reader) -> ColumnElement[Any]:
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
_SQL: Mapping[Mask, Callable[[Any, Reader], ColumnElement[Any]]] = {
    masked_email: _email_in_sql,
    masked_name: _name_in_sql,
    masked_survey: _survey_in_sql,
}
"""Masks that PostgreSQL knows; what it does not, Python writes."""


def _mask_loaded(record: Any, context: QueryContext | None, *_: Any) -> None:
    """Mask what was loaded, or, where there is no context, what an UPDATE has just set."""
    db = context.session if context else object_session(record)
    reader: Reader | None = db.info.get(_READER) if db else None
    if reader is not None:
        _mask(record, reader)


def _mask(record: Any, reader: Reader) -> None:
    """Mask what is loaded of a record, as if it had been stored so: it is never written back."""
    loaded = record.__dict__
    for name, rule in RULES[type(record)].items():
        own = rule.owner is not None and reader.sees_own(record, rule.owner)
        if name in loaded and not own and _is_closed_by(rule, reader):
            set_committed_value(record, name, rule.mask(loaded[name], reader))


def _is_closed_by(rule: Rule, reader: Reader) -> bool:
    return rule.needs in reader.closed or rule.mask is masked_json


for _model in RULES:
    event.listen(_model, "load", _mask_loaded)
    event.listen(_model, "refresh", _mask_loaded)
