"""What the audit trail says, and other histories, in their order."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, text

from models import AuditEvent, StatusChange
from services import refusals
from services.database import DbSession
from services.sightings import VIEW


def events(db: DbSession) -> Sequence[AuditEvent]:
    """All that was done, oldest first; that somebody looked, or was refused, is no act."""
    acts = select(AuditEvent).where(AuditEvent.tag.not_like(f"%{VIEW}"), AuditEvent.tag != refusals.TAG)
    return db.scalars(acts.order_by(*oldest_first(AuditEvent))).all()


def tags(db: DbSession) -> list[str]:
    """The tags of all of it, oldest first."""
    return [event.tag for event in events(db)]


def oldest_first(history: type[AuditEvent | StatusChange]) -> tuple[Any, ...]:
    """What to order rows by that are only added.

    All changes of status of one transaction have one time, so the savepoint comes next, and the statement in it.
    """
    table = history.__tablename__
    return history.at, text(f"{table}.xmin::text::bigint"), text(f"{table}.cmin::text::bigint")
