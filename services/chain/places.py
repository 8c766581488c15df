"""Where in the chain an event is."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from models import AuditLink, AuditSeal
from services.database import DbSession


@dataclass(frozen=True)
class Place:
    """One event's."""

    position: int
    seal: AuditSeal


def place_of(db: DbSession, event_id: UUID) -> Place | None:
    """The event's place, or None where it is not sealed yet."""
    found = db.execute(
        select(AuditLink.position, AuditSeal)
        .join(AuditSeal, AuditLink.position.between(AuditSeal.first_position, AuditSeal.last_position))
        .where(AuditLink.event_id == event_id)
    ).one_or_none()
    return None if found is None else Place(*found)
