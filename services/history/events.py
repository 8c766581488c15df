"""The audit events of one record."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from models import AuditEvent
from services.database import DbSession
from services.errors import NotFoundError
from services.sightings import VIEW

PAGE = 50
"""Events on one page."""


def newest(db: DbSession, subject_id: UUID | None, *, page: int = 0) -> Sequence[AuditEvent]:
    """One page of what was done to a record, the newest first; one more than PAGE where there is a next page.

    Whoever may see the record may see them, without their secrets: ask `changes_of` for what to show.
    """
    if subject_id is None:
        return []
    return db.scalars(
        select(AuditEvent)
        .where(AuditEvent.subject_id == subject_id, AuditEvent.tag.not_like(f"%{VIEW}"))
        .order_by(AuditEvent.at.desc(), AuditEvent.id.desc())
        .offset(page * PAGE)
        .limit(PAGE + 1)
    ).all()


def get_event(db: DbSession, event_id: UUID, *, subject_id: UUID | None) -> AuditEvent:
    """
    Raises:
        NotFoundError: there is no such event of this record.
    """
    event = db.get(AuditEvent, event_id)
    if event is None or subject_id is None or event.subject_id != subject_id:
        raise NotFoundError("Nothing of the kind happened to this record.")
    return event
