"""The audit trail: who did what to which record, in the same transaction as the act."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from models import AuditEvent
from services import database_roles
from services.database import DbSession
from services.permissions import Actor

_RECORDED = "recorded acts"
"""Where the ORM session keeps what was recorded since `act_as`."""
_REQUEST = "request's id"
"""Where it keeps in which request that is."""


@dataclass(frozen=True)
class Recorded:
    """An act as it went into the trail."""

    id: UUID
    """The event's."""
    tag: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def act_as(db: DbSession, actor: Actor, *, request_id: str | None = None) -> None:
    """Name the actor to the database for this transaction, so that its triggers can write who changed a status."""
    db.info[_RECORDED], db.info[_REQUEST] = [], request_id
    database_roles.name(db, actor)


def record(
    db: DbSession,
    actor: Actor,
    tag: str,
    subject_id: UUID | None,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Add one audit event.

    Args:
        tag: `subject:action`, such as `deploy:retry`.
        before: the fields that changed, as they were; null where nothing was there.
        after: the same fields, as they are now. Secrets go in masked.
    """
    event = AuditEvent(
        actor_id=actor.answerable_id,
        actor=actor.name,
        origin=actor.origin,
        request_id=db.info.get(_REQUEST),
        tag=tag,
        subject_kind=tag.partition(":")[0],
        subject_id=subject_id,
        before=_plain(before),
        after=_plain(after),
    )
    db.add(event)
    db.flush()
    db.info.setdefault(_RECORDED, []).append(Recorded(event.id, tag, event.before or {}, event.after or {}))


def recorded(db: DbSession) -> tuple[Recorded, ...]:
    """The acts of this transaction so far, or, once it has ended, of the one that was."""
    return tuple(db.info.get(_RECORDED, ()))


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that differ, as they were and as they are."""
    names = [name for name in after if before.get(name) != after[name]]
    return {name: before.get(name) for name in names}, {name: after[name] for name in names}


def _plain(fields: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if fields is None else {name: _plain_value(value) for name, value in fields.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value
