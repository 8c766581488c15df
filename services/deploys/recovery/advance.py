"""Moving the recoveries on: settle what was sent, halt where it failed as before, else queue what comes next."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select, true, update

from models import HELD_STATUSES, Recovery, RecoveryItem, RecoveryItemStatus, RecoveryStatus
from services import audit
from services.database import DbSession
from services.deploys.limits import Limits
from services.deploys.recovery import waves
from services.deploys.recovery.end import end_if_over
from services.deploys.recovery.judge import WINDOW, Halt, WaveSoFar, why_halt
from services.deploys.recovery.release import release
from services.deploys.recovery.settle import settle
from services.deploys.recovery.take_back import take_back
from services.deploys.recovery.titles import titles
from services.permissions import WORKER

FAILED, SUCCEEDED = RecoveryItemStatus.FAILED, RecoveryItemStatus.SUCCEEDED


def open_ids(db: DbSession) -> Sequence[UUID]:
    """The recoveries that have not ended, the oldest first."""
    return db.scalars(select(Recovery.id).where(Recovery.ended_at.is_(None)).order_by(Recovery.created_at)).all()


def advance(
    db: DbSession,
    *,
    now: datetime,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    only: UUID | None = None,
) -> int:
    """Move recoveries on that have not ended; any number of workers may, each takes those that no other has.

    Call it about once a second.

    Args:
        only: one alone, so that each can have a transaction of its own; None for all of them.

    Returns:
        How many deploys were queued.
    """
    query = select(Recovery).where(Recovery.ended_at.is_(None)).order_by(Recovery.created_at)
    if only is not None:
        query = query.where(Recovery.id == only)
    open_ = db.scalars(query.with_for_update(skip_locked=True).execution_options(populate_existing=True)).all()
    return sum(_advance(db, recovery, limits, now) for recovery in open_)


def _advance(db: DbSession, recovery: Recovery, limits: Limits, now: datetime) -> int:
    settle(db, recovery.id, now=now)
    queued = 0
    while recovery.status is RecoveryStatus.RUNNING and not queued:
        wave = _wave_so_far(db, recovery)
        halt = why_halt(
            wave,
            chosen=recovery.fingerprints,
            accepted=recovery.accepted_fingerprints,
            halt_share=recovery.halt_share,
        )
        if halt:
            _halt(db, recovery, halt, now)
        elif not wave.is_over or _promote(db, recovery):
            queued = release(db, recovery, limits=limits, now=now)
            if not queued and not _is_over(db, recovery):
                break
        elif recovery.wave < waves.LAST:
            recovery.wave += 1
            db.flush()
        else:
            break
    end_if_over(db, recovery, now=now)
    db.flush()
    return queued


def _wave_so_far(db: DbSession, recovery: Recovery) -> WaveSoFar:
    """What is known of the wave; the whole of it is counted only once it is over."""
    judged = (
        RecoveryItem.recovery_id == recovery.id,
        RecoveryItem.wave == recovery.wave,
        true() if recovery.judged_after is None else RecoveryItem.ended_at > recovery.judged_after,
    )
    met = select(RecoveryItem.met_fingerprint, func.count().label("deploys")).group_by(RecoveryItem.met_fingerprint)
    failures = db.execute(met.where(*judged, RecoveryItem.status == FAILED)).all()
    counted = {row.met_fingerprint: row.deploys for row in failures}
    ended = (*judged, RecoveryItem.status.in_((SUCCEEDED, FAILED)))
    order = (RecoveryItem.ended_at.desc(), RecoveryItem.position.desc())
    newest = db.scalars(select(RecoveryItem.status).where(*ended).order_by(*order).limit(WINDOW)).all()
    is_over = _is_over(db, recovery)
    all_ended = db.scalars(select(func.count()).select_from(RecoveryItem).where(*ended)).one() if is_over else 0
    return WaveSoFar(
        met={fingerprint: count for fingerprint, count in counted.items() if fingerprint},
        newest_failed=sum(1 for status in newest if status is FAILED),
        newest=len(newest),
        failed=sum(counted.values()),
        ended=all_ended or len(newest),
        is_over=is_over,
    )


def _is_over(db: DbSession, recovery: Recovery) -> bool:
    held = exists().where(
        RecoveryItem.recovery_id == recovery.id,
        RecoveryItem.wave == recovery.wave,
        RecoveryItem.status.in_(HELD_STATUSES),
    )
    return not db.scalar(select(held))


def _promote(db: DbSession, recovery: Recovery) -> bool:
    """Have another deploy go alone where the one of the first wave was never sent, so that one is tried at all."""
    if recovery.wave != 1:
        return False
    own = RecoveryItem.recovery_id == recovery.id
    sent = exists().where(own, RecoveryItem.wave == 1, RecoveryItem.status.in_((SUCCEEDED, FAILED)))
    if db.scalar(select(sent)):
        return False
    first = (
        select(RecoveryItem.deploy_id)
        .where(own, RecoveryItem.status == RecoveryItemStatus.WAITING)
        .order_by(RecoveryItem.position)
        .limit(1)
        .scalar_subquery()
    )
    promote = update(RecoveryItem).where(own, RecoveryItem.deploy_id == first).values(wave=1)
    return bool(db.scalar(promote.returning(RecoveryItem.deploy_id).execution_options(synchronize_session=False)))


def _halt(db: DbSession, recovery: Recovery, halt: Halt, now: datetime) -> None:
    """Stop, say why, and take back what is not sent yet."""
    taken_back = take_back(db, recovery.id, now=now)
    recovery.status = RecoveryStatus.HALTED
    recovery.status_reason = _words(db, recovery, halt)
    db.flush()
    audit.record(
        db,
        WORKER,
        "recovery:halt",
        recovery.id,
        before={"status": RecoveryStatus.RUNNING},
        after={
            "status": RecoveryStatus.HALTED,
            "reason": recovery.status_reason,
            "fingerprint": halt.fingerprint,
            "taken_back": taken_back,
        },
    )


def _words(db: DbSession, recovery: Recovery, halt: Halt) -> str:
    count = f"{halt.failed:,} of {halt.ended:,}"
    if halt.fingerprint is None:
        return f"In wave {recovery.wave}, {count} failed, more than {recovery.halt_share:.0%}."
    [title] = titles(db, [halt.fingerprint]).values()
    return f"Wave {recovery.wave} met the same failure again, so its cause is still there: {title} ({count})."
