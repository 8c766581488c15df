"""Which acts can be undone, and how each is: by the service of its noun, with its permissions and its conflicts.

What is sent to a hook can't be called back, a role that was taken ended sign-ins, and going on with a recovery that
halted is a decision: a retry, an edit of a person and a resume “anyway” are not among them. Records that are deleted go
to the trash, and come back from there. Why not more, and why these: docs/decisions/0007-undo-reads-the-audit-trail.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models import AuditEvent, DeployStatus, FailureGroupStatus, ProjectStatus, RecoveryStatus
from services import deploys, projects, trash
from services.database import DbSession
from services.deploys import recovery, switches, triage
from services.errors import ConflictError, NotFoundError
from services.labels import within
from services.permissions import Actor
from services.transitions import words
from services.undo import edits

Inverse = Callable[[DbSession, AuditEvent, Actor, datetime], str]
"""Undoes the act that an event tells of, and says what is so now."""


@dataclass(frozen=True)
class Undoable:
    """An act that can be undone."""

    inverse: Inverse
    applies: Callable[[Mapping[str, Any]], bool] = lambda after: True
    """Of what the event says came of it: whether this one can be."""


def undo_cancel(db: DbSession, event: AuditEvent, actor: Actor, now: datetime) -> str:
    was = before(event)
    due_at = _time(was.get("next_attempt_at"))
    deploys.undo_cancel(db, subject(event), was=DeployStatus(was["status"]), due_at=due_at, actor=actor, now=now)
    return "The deploy is not cancelled any more; it waits as it did."


def undo_triage(db: DbSession, event: AuditEvent, actor: Actor, now: datetime) -> str:
    was = FailureGroupStatus(before(event)["status"])
    became = FailureGroupStatus(after(event)["status"])
    reopened_at = _time(before(event).get("reopened_at"))
    triage.put_back(db, subject(event), became=became, was=was, reopened_at=reopened_at, actor=actor, now=now)
    return f"The group is {within(was)} again."


def undo_pause(db: DbSession, event: AuditEvent, actor: Actor, now: datetime) -> str:
    switches.undo_pause(db, subject(event), actor=actor)
    return f"Deliveries{_to(after(event))} go on as before."


def undo_resume(db: DbSession, event: AuditEvent, actor: Actor, now: datetime) -> str:
    was = before(event)
    switches.undo_resume(db, subject(event), host=was["host"], reason=was["reason"], actor=actor, now=now)
    return f"Deliveries{_to(was)} are paused again; what was sent meanwhile stays sent."


def undo_recovery_pause(db: DbSession, event: AuditEvent, actor: Actor, now: datetime) -> str:
    _must_be(db, event, RecoveryStatus.PAUSED, actor)
    recovery.resume(db, subject(event), actor=actor, now=now, tag="recovery:undo_pause")
    return "The recovery goes on as before."


def undo_recovery_resume(db: DbSession, event: AuditEvent, actor: Actor, now: datetime) -> str:
    _must_be(db, event, RecoveryStatus.RUNNING, actor)
    reason = before(event).get("reason")
    recovery.pause(db, subject(event), actor=actor, now=now, reason=reason, tag="recovery:undo_resume")
    return "The recovery is paused again; what it sent meanwhile stays sent."


def undo_move(db: DbSession, event: AuditEvent, actor: Actor, now: datetime) -> str:
    was, became = ProjectStatus(before(event)["status"]), ProjectStatus(after(event)["status"])
    projects.undo_move(db, subject(event), became=became, was=was, actor=actor)
    return f"The project is {words(was)} again."


def undo_delete(db: DbSession, event: AuditEvent, actor: Actor, now: datetime) -> str:
    restored = trash.restore(db, UUID(after(event)["trashed_record_id"]), actor=actor, now=now)
    return f"“{restored.title}” is back, with all that went with it."


def before(event: AuditEvent) -> Mapping[str, Any]:
    return event.before or {}


def after(event: AuditEvent) -> Mapping[str, Any]:
    return event.after or {}


def subject(event: AuditEvent) -> UUID:
    """
    Raises:
        NotFoundError: the event tells of no single record.
    """
    if event.subject_id is None:
        raise NotFoundError("There is nothing here that can be undone.")
    return event.subject_id


def _must_be(db: DbSession, event: AuditEvent, status: RecoveryStatus, actor: Actor) -> None:
    found = recovery.get_recovery(db, subject(event), actor=actor)
    if found.status is not status or found.ended_at:
        raise ConflictError(f"This recovery is {within(found.status)} by now, so nothing was undone.")


def _time(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _to(fields: Mapping[str, Any]) -> str:
    return f" to {fields['host']}" if fields.get("host") else ""


def _edit(inverse: edits.Edit) -> Undoable:
    return Undoable(lambda db, event, actor, now: inverse(db, subject(event), before(event), after(event), actor))


UNDOABLE: Mapping[str, Undoable] = {
    "deploy:cancel": Undoable(undo_cancel),
    "failure_group:resolve": Undoable(undo_triage),
    "failure_group:ignore": Undoable(undo_triage),
    "failure_group:reopen": Undoable(undo_triage),
    "deliveries:pause": Undoable(undo_pause),
    "deliveries:resume": Undoable(undo_resume),
    "recovery:pause": Undoable(undo_recovery_pause),
    "recovery:resume": Undoable(undo_recovery_resume, applies=lambda after: not after.get("anyway")),
    "project:move": Undoable(undo_move),
    "project:edit": _edit(edits.undo_prompt),
    "room:edit": _edit(edits.undo_room),
    "template:edit": _edit(edits.undo_template),
    "saved_view:edit": _edit(edits.undo_saved_view),
    "saved_view:delete": _edit(edits.undo_saved_view_delete),
}
"""By the tag of the act's event."""
_DELETION = Undoable(undo_delete, applies=lambda after: "trashed_record_id" in after)


def undoable(tag: str) -> Undoable | None:
    """How acts with this tag are undone; None where they can't be. Whatever goes to the trash comes back alike."""
    return UNDOABLE.get(tag) or (_DELETION if tag.endswith(":delete") else None)
