"""Finding the records of each kind, without ever taking long."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from services.database import DbSession
from services.finding import statements
from services.finding.asked import Asked
from services.finding.kinds import KINDS, LOOKED_FOR, Kind
from services.patience import Reader, patient
from services.permissions import Actor, can

SHOWN = 5
"""Records of one kind that are shown."""
NEWEST = 20_000
"""Rows among which text is looked for where it has no index."""
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


def find(
    db: DbSession, asked: Asked, *, actor: Actor, newest: int = NEWEST, patience_ms: int = PATIENCE_MS
) -> list[Hits]:
    """The newest records whose text holds all words, and those whose id begins so, of each kind that the actor may see.

    Sessions are also found by their projects and, by those who see people, by their person; deploys by their session.
    Kinds of which nothing was found are left out, unless there may be some all the same.
    """
    if not asked.words and asked.id_range is None:
        return []
    found: dict[str, Hits] = {}
    with patient(db, patience_ms) as reader:
        for kind in LOOKED_FOR:
            if can(actor, kind.permission):
                found[kind.name] = _hits(reader, kind, asked, actor, found, newest)
    hits = [found[kind.name] for kind in KINDS if kind.name in found]
    return [one for one in hits if one.records or one.has_more]


def _hits(reader: Reader, kind: Kind, asked: Asked, actor: Actor, found: Mapping[str, Hits], newest: int) -> Hits:
    ids = {name: [record.id for record in hits.records] for name, hits in found.items()} if asked.words else {}
    records: dict[UUID, Found] = {}
    is_cut_short = False
    for statement in statements.of(kind, asked, actor, ids, newest=newest, limit=SHOWN + 1):
        rows = reader.read(statement)
        is_cut_short = is_cut_short or rows is None
        records |= {row.id: _found(kind, row) for row in rows or () if row.id not in records}
    has_more = is_cut_short or len(records) > SHOWN or _has_older(reader, kind, asked, actor, newest)
    return Hits(kind, tuple(records.values())[:SHOWN], has_more)


def _has_older(reader: Reader, kind: Kind, asked: Asked, actor: Actor, newest: int) -> bool:
    """Whether there are rows in which text was not looked for."""
    if not (kind.among_newest and asked.words):
        return False
    return reader.read(select(exists(statements.ids_by_age(kind, actor).offset(newest).limit(1)))) != [False]


def _found(kind: Kind, record: Any) -> Found:
    return Found(record.id, kind.title(record), kind.detail(record), str(kind.status(record)))
