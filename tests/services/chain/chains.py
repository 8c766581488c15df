"""Chains of audit events for the tests beside it, and hands that rewrite history as only a superuser can."""

from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from services import chain
from services.database import DbSession

START = datetime.fromisoformat("2026-06-01T12:00:00+00:00")
_ADD = text(
    "INSERT INTO audit_events (id, at, actor, tag, subject_kind, after) "
    "SELECT t.id, :at, 'ana@example.com', 'project:edit', 'project', jsonb_build_object('n', t.n) "
    "FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS t (id, n)"
)


def add(db: DbSession, count: int, *, at: datetime = START) -> list[UUID]:
    """Events in one statement; their ids in the order in which they are sealed."""
    ids = sorted(uuid4() for _ in range(count))
    db.execute(_ADD, {"ids": ids, "at": at})
    return ids


def build(db: DbSession, *sizes: int) -> list[list[UUID]]:
    """A seal of each size, a day apart, each with the ids of its events."""
    made = []
    for day, size in enumerate(sizes):
        at = START + timedelta(days=day)
        made.append(add(db, size, at=at))
        chain.seal(db, now=at + timedelta(minutes=1))
    return made


@contextmanager
def superuser(db: DbSession) -> Any:
    """Without triggers, as a superuser may have it."""
    db.execute(text("SET LOCAL session_replication_role = replica"))
    yield
    db.execute(text("SET LOCAL session_replication_role = origin"))


def rewrite(db: DbSession, statement: str, **values: Any) -> None:
    """Do what the triggers would refuse."""
    with superuser(db):
        assert db.execute(text(statement), values).rowcount == 1  # type: ignore[attr-defined]
    db.expire_all()
