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

from sqlalchemy import event
from sqlalchemy.orm import InstanceState, QueryContext
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
_ONLOOKER = "onlooker"
"""Where an ORM session keeps for whom it reads."""


@dataclass(frozen=True)
class Onlooker:
    """Somebody for whom not all fields are open."""

    id: UUID | None
    name: str
    closed: frozenset[Permission]
    """The permissions that the onlooker has for the own records at most."""

    def sees_own(self, record: Any, owner: str) -> bool:
        """Whether the record is known to be the onlooker's own, by the attribute that says whose it is."""
        return self.id is not None and record.__dict__.get(owner) == self.id


Mask = Callable[[Any, Onlooker], Any]


@dataclass(frozen=True)
class Rule:
    """One field: what opens it to others, and what it is to who lacks that."""

    needs: Permission
    mask: Mask
    owner: str | None = None
    """The attribute that says whose record it is, to whom the field is open in any case."""


def masked_email(email: Any, onlooker: Onlooker) -> Any:
    """The first letter of an address."""
    return f"{email[:1]}{REST}" if isinstance(email, str) and email != onlooker.name else email


def masked_name(text: Any, onlooker: Onlooker) -> Any:
    """A text with the first letters of the addresses in it; who did something is named by an address."""
    return _ADDRESS.sub(rf"\1{REST}", text) if isinstance(text, str) and text != onlooker.name else text


def masked_survey(survey: Any, onlooker: Onlooker) -> Any:
    """The survey's questions, without what was answered."""
    if not isinstance(survey, dict):
        return hidden(survey)
    return {name: value if name in PLAIN_ANSWERS else HIDDEN for name, value in survey.items()}


def masked_json(value: Any, onlooker: Onlooker) -> Any:
    """What history has of a change: without addresses, and without answers, as far as these are closed."""
    if isinstance(value, dict):
        return {name: _entry(name, entry, onlooker) for name, entry in value.items()}
    if isinstance(value, list):
        return [masked_json(entry, onlooker) for entry in value]
    return masked_name(value, onlooker) if Permission.SEE_EMAILS in onlooker.closed else value


def _entry(name: str, value: Any, onlooker: Onlooker) -> Any:
    if name in _SURVEYS and Permission.SEE_SURVEYS in onlooker.closed:
        return masked_survey(value, onlooker)
    return masked_json(value, onlooker)


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
    return any((rule := rule_of(one)) is not None and rule.needs in closed for one in columns)


def rule_of(column: Any) -> Rule | None:
    """The rule for a table's column, which may be that of an alias."""
    table = getattr(column, "table", None)
    table = getattr(table, "element", table)  # an alias is of a table
    return _BY_COLUMN.get((getattr(table, "name", ""), getattr(column, "name", "")))


def read_as(db: DbSession, actor: Actor | None) -> None:
    """Have this ORM session mask what it loads from now on as the actor is to see it.

    Args:
        actor: nobody where it is not known who asks, or nobody does: who signs in is read, and is not shown.
    """
    closed = closed_to(actor) if actor is not None and actor.id is not None else None
    read_for(db, Onlooker(actor.id, actor.name, closed) if actor is not None and closed else None)


def read_for(db: DbSession, onlooker: Onlooker | None) -> None:
    """The same for a onlooker who is known."""
    db.info[_ONLOOKER] = onlooker


def read_first_as(db: DbSession, actor: Actor | None) -> None:
    """Have a session that nobody has said it of read as the actor does."""
    if _ONLOOKER not in db.info:
        read_as(db, actor)


def onlooker_of(db: DbSession) -> Onlooker | None:
    """For whom the session reads, where not all is open to them."""
    onlooker: Onlooker | None = db.info.get(_ONLOOKER)
    return onlooker


def shown_email(db: DbSession, email: str) -> str:
    """An address that was read by itself, as the session's onlooker is to see it."""
    onlooker = onlooker_of(db)
    closed = onlooker is not None and Permission.SEE_EMAILS in onlooker.closed
    return str(masked_email(email, onlooker)) if onlooker is not None and closed else email


def shown_name(db: DbSession, name: str) -> str:
    """The same of who did something."""
    onlooker = onlooker_of(db)
    closed = onlooker is not None and Permission.SEE_EMAILS in onlooker.closed
    return str(masked_name(name, onlooker)) if onlooker is not None and closed else name


def _mask_loaded(state: InstanceState[Any], context: QueryContext | None, *_: Any) -> None:
    """Mask what was loaded, or, where there is no context, what an UPDATE has just set."""
    db = context.session if context else state.session
    onlooker: Onlooker | None = db.info.get(_ONLOOKER) if db else None
    if onlooker is not None:
        _mask(state.obj(), onlooker)


def _mask(record: Any, onlooker: Onlooker) -> None:
    """Mask what is loaded of a record, as if it had been stored so: it is never written back."""
    loaded = record.__dict__
    for name, rule in RULES[type(record)].items():
        own = rule.owner is not None and onlooker.sees_own(record, rule.owner)
        if name in loaded and not own and _is_closed_by(rule, onlooker):
            set_committed_value(record, name, rule.mask(loaded[name], onlooker))


def _is_closed_by(rule: Rule, onlooker: Onlooker) -> bool:
    return rule.needs in onlooker.closed or rule.mask is masked_json


for _model in RULES:
    event.listen(_model, "load", _mask_loaded, raw=True)
    event.listen(_model, "refresh", _mask_loaded, raw=True)
