"""What else happened around an audit event: to the same record, or, where it names none, by the same person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select, tuple_

from models import AuditEvent
from services.database import DbSession

MOST = 4
"""Events before and after, each."""
COUNTED = 1_000
"""Events up to which they are counted."""


@dataclass(frozen=True)
class Around:
    """The events about one of them, the newest first, and how many there are in all."""

    events: Sequence[AuditEvent]
    count: int
    """`COUNTED` + 1 where there are more."""


def around(db: DbSession, event: AuditEvent) -> Around:
    """The events just before and after, with the event itself among them."""
    same = _same(event)
    place, moment = tuple_(AuditEvent.at, AuditEvent.id), tuple_(event.at, event.id)
    newer = same.where(place > moment).order_by(AuditEvent.at, AuditEvent.id).limit(MOST)
    older = same.where(place < moment).order_by(AuditEvent.at.desc(), AuditEvent.id.desc()).limit(MOST)
    counted = same.with_only_columns(AuditEvent.id).limit(COUNTED + 1).subquery()
    count = db.scalars(select(func.count()).select_from(counted)).one()
    return Around([*reversed(db.scalars(newer).all()), event, *db.scalars(older)], count)


def _same(event: AuditEvent) -> Select[Any]:
    if event.subject_id is not None:
        return select(AuditEvent).where(AuditEvent.subject_id == event.subject_id)
    return select(AuditEvent).where(AuditEvent.actor == event.actor, AuditEvent.subject_id.is_(None))
