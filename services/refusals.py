"""Refusals: that somebody was not let do what they asked for, once for each person, reason and minute."""

from datetime import UTC, datetime
from uuid import UUID, uuid5

from sqlalchemy.dialects.postgresql import insert

from models import AuditEvent
from services.database import DbSession
from services.permissions import Actor, Permission

TAG = "user:fail_access"
_NAMESPACE = UUID("1d1c8a57-0b0c-4b7d-9a53-5c0a1f6c2b90")


def note(
    db: DbSession,
    actor: Actor,
    what: str,
    *,
    route: str,
    record_id: UUID | None,
    request_id: str | None,
    now: datetime,
) -> None:
    """Add the audit event, unless the person was refused for the same within this minute already.

    The event's id follows from who, what and when, so that a second one is no new row, however many ask at once.

    Args:
        what: the permission that is missing, or what else stood in the way, in a few words that never change.
        route: the method and the pattern of the address, which has nothing in it that was sent.
        record_id: the record that was asked for.
    """
    minute = now.astimezone(UTC).replace(second=0, microsecond=0)
    after = {"permission" if what in set(Permission) else "reason": what, "route": route}
    event = insert(AuditEvent).values(
        id=uuid5(_NAMESPACE, f"{actor.answerable_id} {what} {minute.isoformat()}"),
        actor_id=actor.answerable_id,
        actor=actor.name,
        origin=actor.origin,
        request_id=request_id,
        tag=TAG,
        subject_kind="user",
        subject_id=actor.answerable_id,
        after=after | ({"record": str(record_id)} if record_id else {}),
    )
    db.execute(event.on_conflict_do_nothing())
