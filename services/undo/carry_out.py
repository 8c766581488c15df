"""Carrying an undo out: for whom, until when, and unless what happened meanwhile."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, and_, exists, literal_column, or_, select

from models import AuditEvent
from services.database import DbSession
from services.errors import ConflictError, NotFoundError
from services.permissions import Actor
from services.sightings import VIEW
from services.undo import inverses

_WRITER: ColumnElement[str] = literal_column("audit_events.xmin::text")
"""The transaction that wrote an event, or the part of one."""
WINDOW = timedelta(minutes=10)
"""For how long an act can be undone: as long as a slip is noticed, not as long as others build on it."""


def undo(db: DbSession, event_id: UUID, *, actor: Actor, now: datetime) -> str:
    """Undo what the actor did, as the audit event of it says.

    Returns:
        What is so now, in a sentence.

    Raises:
        NotFoundError: the actor did no such thing; whether somebody else did is not told.
        ForbiddenError: the actor's role does not permit the opposite any more.
        ConflictError: it can't be undone, or not any more: it is too long ago, or the record has changed since.
    """
    event = db.get(AuditEvent, event_id)
    if event is None or actor.id is None or event.actor_id != actor.answerable_id:
        raise NotFoundError("There is no act of yours here that can be undone.")
    undoable = inverses.undoable(event.tag)
    if undoable is None or not undoable.applies(event.after or {}):
        raise ConflictError("This can’t be undone.")
    if now - event.at > WINDOW:
        minutes = WINDOW // timedelta(minutes=1)
        raise ConflictError(f"This could be undone for {minutes} minutes, which are over.")
    if db.scalar(select(_happened_since(event))):
        raise ConflictError("Something else happened to this record since, so nothing was undone.")
    return undoable.inverse(db, event, actor, now)


def _happened_since(event: AuditEvent) -> Exists:
    """Whether anybody did anything more with the record, an undo included.

    Of two acts in one transaction none is the last, so that neither is undone without the other.
    """
    written_by = select(_WRITER).where(AuditEvent.id == event.id).scalar_subquery()
    later = or_(AuditEvent.at > event.at, and_(written_by == _WRITER, AuditEvent.id != event.id))
    return exists().where(AuditEvent.subject_id == event.subject_id, later, AuditEvent.tag.not_like(f"%{VIEW}"))
