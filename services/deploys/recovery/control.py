"""What people do to a recovery that has begun: pause, resume, abort."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update

from models import Recovery, RecoveryItem, RecoveryItemStatus, RecoveryStatus
from services import audit
from services.database import DbSession
from services.deploys.recovery.choice import CHUNK
from services.deploys.recovery.end import end_if_over
from services.deploys.recovery.take_back import take_back
from services.errors import ConflictError, NotFoundError
from services.labels import within
from services.permissions import Actor, Permission, require
from services.text import SHORT, clean

ABORTED = "The recovery was aborted before the deploy was sent."


def pause(
    db: DbSession,
    recovery_id: UUID,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    tag: str = "recovery:pause",
) -> Recovery:
    """Stop a running recovery until it is resumed; what it queued and nobody has sent yet waits again.

    Args:
        tag: what the audit trail calls it, where it is done to undo something.

    Raises:
        NotFoundError: there is no such recovery.
        ForbiddenError: the role does not permit it.
        ConflictError: it is not running.
    """
    possible = {RecoveryStatus.RUNNING}
    return _stop(db, recovery_id, possible, RecoveryStatus.PAUSED, tag, actor=actor, now=now, reason=reason)


def abort(db: DbSession, recovery_id: UUID, *, actor: Actor, now: datetime, reason: str | None = None) -> Recovery:
    """End a recovery for good: its deploys are let go, those that nobody has sent yet stay dead-lettered.

    Raises:
        NotFoundError: there is no such recovery.
        ForbiddenError: the role does not permit it.
        ConflictError: it has ended already.
    """
    holding = {status for status in RecoveryStatus if status.holds}
    aborted = RecoveryStatus.ABORTED
    recovery = _stop(db, recovery_id, holding, aborted, "recovery:abort", actor=actor, now=now, reason=reason)
    for begin in range(1, _last_position(db, recovery_id) + 1, CHUNK):
        _let_go(db, recovery_id, begin, now)
    end_if_over(db, recovery, now=now)
    return recovery


def resume(
    db: DbSession,
    recovery_id: UUID,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None = None,
    anyway: bool = False,
    tag: str = "recovery:resume",
) -> Recovery:
    """Go on with a paused recovery, or, `anyway`, with one that halted by itself.

    Going on anyway accepts the failures that were met: those that look like them don't halt it again by themselves,
    but more than its share of failures from here on does.

    Args:
        tag: as `pause` has it.

    Raises:
        NotFoundError: there is no such recovery.
        ForbiddenError: the role does not permit it.
        ConflictError: it neither is paused nor halted, or it halted and `anyway` was not said.
    """
    recovery = _get_for(db, recovery_id, actor)
    was = recovery.status
    if was is RecoveryStatus.HALTED and not anyway:
        raise ConflictError(f"It halted by itself and goes on only where you say so. {recovery.status_reason or ''}")
    if was not in (RecoveryStatus.PAUSED, RecoveryStatus.HALTED) or recovery.ended_at:
        raise ConflictError(f"Only a paused or halted recovery can be resumed; this one is {_state(recovery)}.")
    if was is RecoveryStatus.HALTED:
        recovery.judged_after = _newest_outcome(db, recovery_id)
        recovery.accepted_fingerprints = _met(db, recovery)
    halted_because = recovery.status_reason
    recovery.status, recovery.status_reason = RecoveryStatus.RUNNING, _reason(reason)
    audit.record(
        db,
        actor,
        tag,
        recovery_id,
        before={"status": was, "reason": halted_because},
        after={"status": recovery.status, "reason": recovery.status_reason, "anyway": was is RecoveryStatus.HALTED},
    )
    return recovery


def _stop(
    db: DbSession,
    recovery_id: UUID,
    possible: Collection[RecoveryStatus],
    status: RecoveryStatus,
    tag: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str | None,
) -> Recovery:
    recovery = _get_for(db, recovery_id, actor)
    was = recovery.status
    if was not in possible or recovery.ended_at:
        raise ConflictError(f"This recovery is {_state(recovery)}, so it can't be {within(status)}.")
    recovery.status, recovery.status_reason = status, _reason(reason)
    db.flush()
    skip_because = ABORTED if status is RecoveryStatus.ABORTED else None
    taken_back = take_back(db, recovery_id, skip_because=skip_because, now=now)
    audit.record(
        db,
        actor,
        tag,
        recovery_id,
        before={"status": was},
        after={"status": status, "reason": recovery.status_reason, "taken_back": taken_back},
    )
    return recovery


def _let_go(db: DbSession, recovery_id: UUID, begin: int, now: datetime) -> None:
    """Skip what waits of some positions."""
    db.execute(
        update(RecoveryItem)
        .where(
            RecoveryItem.recovery_id == recovery_id,
            RecoveryItem.position.between(begin, begin + CHUNK - 1),
            RecoveryItem.status == RecoveryItemStatus.WAITING,
        )
        .values(status=RecoveryItemStatus.SKIPPED, reason=ABORTED, ended_at=now)
        .execution_options(synchronize_session=False)
    )


def _last_position(db: DbSession, recovery_id: UUID) -> int:
    return db.scalar(select(func.max(RecoveryItem.position)).where(RecoveryItem.recovery_id == recovery_id)) or 0


def _get_for(db: DbSession, recovery_id: UUID, actor: Actor) -> Recovery:
    """The recovery, locked, so that of two acts at once the second sees what the first one did."""
    require(actor, Permission.RECOVER_DEPLOYS)
    recovery = db.get(Recovery, recovery_id, with_for_update=True, populate_existing=True)
    if recovery is None:
        raise NotFoundError("There is no such recovery.")
    return recovery


def _met(db: DbSession, recovery: Recovery) -> list[str]:
    met = select(RecoveryItem.met_fingerprint).where(
        RecoveryItem.recovery_id == recovery.id, RecoveryItem.met_fingerprint.is_not(None)
    )
    return sorted({*recovery.accepted_fingerprints, *filter(None, db.scalars(met.distinct()))})


def _newest_outcome(db: DbSession, recovery_id: UUID) -> datetime | None:
    return db.scalar(select(func.max(RecoveryItem.ended_at)).where(RecoveryItem.recovery_id == recovery_id))


def _reason(text: str | None) -> str | None:
    return clean(text, field="reason", limit=SHORT)


def _state(recovery: Recovery) -> str:
    """Its status; a halted one that has nothing left has ended."""
    return "ended" if recovery.ended_at and recovery.status.holds else within(recovery.status)
