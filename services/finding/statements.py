"""What the database is asked for one kind of record."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, inspect, or_, select
from sqlalchemy.orm import aliased, load_only

from models import Deploy, OnboardingSession, Project
from services import field_rules
from services.finding.asked import Asked
from services.finding.kinds import DEPLOYS, PEOPLE, PROJECTS, SESSIONS, Kind
from services.permissions import Actor
from services.scopes import visible

Ids = Mapping[str, Sequence[UUID]]
"""The records that were found before, by their kind's name."""


def of(kind: Kind, asked: Asked, actor: Actor, found: Ids, *, newest: int, limit: int) -> Iterator[Select[Any]]:
    """By text, by the records that were found before, and by id: each within what the actor may see."""
    seen = visible(kind.model, actor, kind.permission)
    searched = [column for column in kind.searched if not field_rules.is_closed(column, field_rules.closed_to(actor))]
    if asked.words and searched:
        yield _by_text(kind, searched, asked.words, seen, newest if kind.among_newest else None).limit(limit)
    for related in _related(kind, found):
        yield _rows(kind, kind.model).where(seen, related).order_by(kind.newest.desc()).limit(limit)
    if asked.id_range:
        key = _key(kind)
        yield _rows(kind, kind.model).where(seen, key.between(*asked.id_range)).order_by(key).limit(limit)


def ids_by_age(kind: Kind, actor: Actor) -> Select[Any]:
    """The ids that the actor may see, the newest first."""
    return (
        select(_key(kind))
        .where(visible(kind.model, actor, kind.permission))
        .order_by(kind.newest.desc(), _key(kind).desc())
    )


def _by_text(
    kind: Kind, searched: Sequence[Any], words: Sequence[str], seen: ColumnElement[bool], newest: int | None
) -> Select[Any]:
    if newest is None:
        return _rows(kind, kind.model).where(seen, *_holds(searched, kind.model, words)).order_by(kind.newest.desc())
    rows = select(kind.model).where(seen).order_by(kind.newest.desc(), _key(kind).desc()).limit(newest)
    entity = aliased(kind.model, rows.subquery())
    return _rows(kind, entity).where(*_holds(searched, entity, words)).order_by(getattr(entity, kind.newest.key).desc())


def _holds(searched: Sequence[Any], entity: Any, words: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    """For each word, whether one of the searched columns holds it."""
    columns = [getattr(entity, column.key) if hasattr(column, "parent") else column for column in searched]
    for word in words:
        yield or_(*(column.icontains(word, autoescape=True) for column in columns))


def _related(kind: Kind, found: Ids) -> Iterator[ColumnElement[bool]]:
    if kind is SESSIONS and (projects := found.get(PROJECTS.name)):
        yield OnboardingSession.id.in_(select(Project.onboarding_session_id).where(Project.id.in_(projects)))
    if kind is SESSIONS and (people := found.get(PEOPLE.name)):
        yield OnboardingSession.user_id.in_(people)
    if kind is DEPLOYS and (sessions := found.get(SESSIONS.name)):
        yield Deploy.session_id.in_(sessions)


def _rows(kind: Kind, entity: Any) -> Select[Any]:
    rows = select(entity)
    return rows.options(load_only(*(getattr(entity, column.key) for column in kind.columns))) if kind.columns else rows


def _key(kind: Kind) -> Any:
    [key] = inspect(kind.model).primary_key
    return key
