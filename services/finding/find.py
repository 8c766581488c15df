"""Finding the records of each kind, without ever taking long."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.errors import QueryCanceled
from sqlalchemy import ColumnElement, Select, inspect, or_, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import load_only

from models import Deploy
from services.database import DbSession
from services.finding.asked import Asked
from services.finding.kinds import DEPLOYS, KINDS, SESSIONS, Kind
from services.permissions import Actor, can
from services.scopes import visible

SHOWN = 5
"""Records of one kind that are shown."""
PATIENCE_MS = 250
"""For how long one kind is looked for; a word that is in millions of rows may take longer, and then the list has it."""


@dataclass(frozen=True)
class Found:
    """A record that was found."""

    id: UUID
    title: str
    detail: str
    status: str
    """The machine's word for its status; empty where it has none."""


@dataclass(frozen=True)
class Hits:
    """What was found of one kind."""

    kind: Kind
    records: tuple[Found, ...]
    has_more: bool
    """Whether the kind's list has, or may have, more."""


def find(db: DbSession, asked: Asked, *, actor: Actor) -> list[Hits]:
    """The newest records whose text holds all words, and those whose id begins so, of each kind that the actor may see.

    Kinds of which nothing was found are left out, unless looking for them took too long.
    """
    found: list[Hits] = []
    if not asked.words and asked.id_range is None:
        return found
    with _patience(db):
        for kind in KINDS:
            if can(actor, kind.permission):
                sessions = next((hits.records for hits in found if hits.kind is SESSIONS), ())
                found.append(_hits(db, kind, asked, actor, [session.id for session in sessions]))
    return [hits for hits in found if hits.records or hits.has_more]


def _hits(db: DbSession, kind: Kind, asked: Asked, actor: Actor, session_ids: Sequence[UUID]) -> Hits:
    records: dict[UUID, Found] = {}
    is_cut_short = False
    for statement in _statements(kind, asked, actor, session_ids):
        rows = _read(db, statement)
        is_cut_short = is_cut_short or rows is None
        records |= {row.id: _found(kind, row) for row in rows or () if row.id not in records}
    return Hits(kind, tuple(records.values())[:SHOWN], is_cut_short or len(records) > SHOWN)


def _statements(kind: Kind, asked: Asked, actor: Actor, session_ids: Sequence[UUID]) -> Iterator[Select[Any]]:
    """By text, by the sessions that were found, and by id; each is answered from an index, or cut short."""
    [key] = inspect(kind.model).primary_key
    rows = select(kind.model).where(visible(kind.model, actor, kind.permission)).limit(SHOWN + 1)
    if kind.columns:
        rows = rows.options(load_only(*kind.columns))
    if asked.words and kind.searched:
        yield rows.where(*(_holds(kind, word) for word in asked.words)).order_by(kind.newest.desc())
    if kind is DEPLOYS and session_ids:
        yield rows.where(Deploy.session_id.in_(session_ids)).order_by(kind.newest.desc())
    if asked.id_range:
        yield rows.where(key.between(*asked.id_range)).order_by(key)


def _holds(kind: Kind, word: str) -> ColumnElement[bool]:
    return or_(*(column.icontains(word, autoescape=True) for column in kind.searched))


def _read(db: DbSession, statement: Select[Any]) -> Sequence[Any] | None:
    """The records; None where it took too long."""
    try:
        with db.begin_nested():
            return db.scalars(statement).all()
    except OperationalError as error:
        if isinstance(error.orig, QueryCanceled):
            return None
        raise


@contextmanager
def _patience(db: DbSession) -> Iterator[None]:
    """Have each statement of the block end in time; what holds otherwise holds again after it."""
    savepoint = db.begin_nested()
    db.execute(text(f"SET LOCAL statement_timeout = {PATIENCE_MS}"))
    try:
        yield
    finally:
        savepoint.rollback()


def _found(kind: Kind, record: Any) -> Found:
    return Found(record.id, kind.title(record), kind.detail(record), str(kind.status(record)))
