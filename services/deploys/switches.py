"""Switches: deliveries paused and resumed, for all hosts or for one; what is paused waits and costs no attempt."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from models import DeliveryPause
from services import audit, queue
from services.database import DbSession
from services.deploys import host as hosts
from services.errors import ConflictError, InvalidInputError
from services.live.switch_notices import tell_of_host
from services.permissions import Actor, Permission, require
from services.text import SHORT, clean

SHOWN = 500
"""Pauses that are listed; people make them one by one."""


def pause(db: DbSession, *, host: str | None, reason: str, actor: Actor, now: datetime) -> DeliveryPause:
    """Have deploys wait; POSTs that are under way end as they would.

    Args:
        host: whose deploys, as a hook has it; None for those of all hosts.
        reason: why, for all who wonder.

    Raises:
        ForbiddenError: not this actor's to pause.
        InvalidInputError: there is no reason, or it is too long, or the host is none.
        ConflictError: they are paused already.
    """
    require(actor, Permission.PAUSE_DELIVERIES)
    name = None if host is None else hosts.parse(host)
    why = _one_line(clean(reason, field="reason", limit=SHORT, required=True) or "")
    values = {"host": name, "paused_at": now, "paused_by": actor.name, "reason": why}
    added = _begin(db, values)
    if added is None:
        raise ConflictError(f"Deliveries{_to(name)} are paused already.")
    audit.record(db, actor, "deliveries:pause", added.id, after={"host": name, "reason": why})
    return added


def resume(db: DbSession, *, host: str | None, actor: Actor, now: datetime) -> None:
    """Let deploys go on that were paused for this host, or, with None, for all; other switches stay as they are.

    Raises:
        ForbiddenError: not this actor's to resume.
        InvalidInputError: the host is none.
        ConflictError: they are not paused.
    """
    require(actor, Permission.PAUSE_DELIVERIES)
    name = None if host is None else hosts.parse(host)
    ended = _end(db, DeliveryPause.host.is_not_distinct_from(name))
    if ended is None:
        raise ConflictError(f"Deliveries{_to(name)} are not paused.")
    audit.record(db, actor, "deliveries:resume", ended.id, before={"host": name, "reason": ended.reason})
    queue.wake_deliveries(db)


def undo_pause(db: DbSession, pause_id: UUID, *, actor: Actor) -> None:
    """Take back this one pause, and no other of the same host.

    Raises:
        ForbiddenError: not this actor's to resume.
        ConflictError: it has ended already.
    """
    require(actor, Permission.PAUSE_DELIVERIES)
    ended = _end(db, DeliveryPause.id == pause_id)
    if ended is None:
        raise ConflictError("This pause has ended already, so nothing was undone.")
    audit.record(db, actor, "deliveries:undo_pause", pause_id, before={"host": ended.host, "reason": ended.reason})
    queue.wake_deliveries(db)


def undo_resume(
    db: DbSession, pause_id: UUID, *, host: str | None, reason: str, actor: Actor, now: datetime
) -> DeliveryPause:
    """Have deploys wait again as they did until this pause was taken away; what was sent since stays sent.

    Raises:
        ForbiddenError: not this actor's to pause.
        ConflictError: they are paused again already.
    """
    require(actor, Permission.PAUSE_DELIVERIES)
    added = _begin(db, {"id": pause_id, "host": host, "paused_at": now, "paused_by": actor.name, "reason": reason})
    if added is None:
        raise ConflictError(f"Deliveries{_to(host)} are paused again already, so nothing was undone.")
    audit.record(db, actor, "deliveries:undo_resume", pause_id, after={"host": host, "reason": reason})
    return added


def pauses(db: DbSession) -> Sequence[DeliveryPause]:
    """What is paused now: that of all hosts first, then by host."""
    order = func.coalesce(DeliveryPause.host, "")
    return db.scalars(select(DeliveryPause).order_by(order).limit(SHOWN)).all()


def _begin(db: DbSession, values: Mapping[str, Any]) -> DeliveryPause | None:
    """The pause that was added; None where there is one."""
    added = db.scalar(insert(DeliveryPause).values(values).on_conflict_do_nothing().returning(DeliveryPause))
    if added is not None:
        tell_of_host(db)
    return added


def _end(db: DbSession, which: ColumnElement[bool]) -> Any:
    """The id, host and reason of the pause that was taken away; None where there was none."""
    ended = db.execute(
        delete(DeliveryPause)
        .where(which)
        .returning(DeliveryPause.id, DeliveryPause.host, DeliveryPause.reason)
        .execution_options(synchronize_session="fetch")
    ).one_or_none()
    if ended is not None:
        tell_of_host(db)
    return ended


def _one_line(reason: str) -> str:
    """The reason with plain spaces, since it is shown in a line, terminals included.

    Raises:
        InvalidInputError: it holds control characters.
    """
    line = " ".join(reason.split())
    if any(character < " " or "\x7f" <= character <= "\x9f" for character in line):
        raise InvalidInputError("This holds a character that can't be shown.", field="reason")
    return line


def _to(host: str | None) -> str:
    return f" to {host}" if host else ""
