"""Doing a bulk job: batch by batch, each in one transaction, each record behind a savepoint of its own."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.errors import QueryCanceled
from sqlalchemy import and_, case, func, select, update
from sqlalchemy.exc import InterfaceError, OperationalError

from models import BulkItem, BulkItemStatus, BulkJob, BulkJobStatus, User
from services import audit, database_roles, undo
from services.bulk.act import ActContext
from services.bulk.acts import find_act
from services.database import DbSession
from services.errors import ForbiddenError, ServiceError
from services.permissions import WORKER, Actor, can

log = logging.getLogger("console.bulk")

BATCH = 50
"""Records of one transaction: few enough that those who want one of them wait for less than a second."""
BROKEN = "Something went wrong, so nothing was changed; the worker’s log says what."
TOO_SLOW = "This took too long, or somebody held the record; nothing was changed."
_PASSING = (OperationalError, InterfaceError)
"""What the whole batch is tried again after: the database was away, or two were in each other's way.

A record that takes too long by itself is not, since it would keep the others of its batch from being done for good.
"""

Do = Callable[[BulkItem], object]


def open_ids(db: DbSession) -> Sequence[UUID]:
    """The jobs that are not over, the oldest first."""
    query = select(BulkJob.id).where(BulkJob.status == BulkJobStatus.RUNNING).order_by(BulkJob.created_at)
    return db.scalars(query).all()


def advance(db: DbSession, job_id: UUID, *, now: datetime, context: ActContext) -> int:
    """Do the next records of a job; any number of workers may, each takes those that no other has.

    What became of a record is written in the transaction in which it was done, so that a worker which dies leaves
    nothing half done, and nothing is done twice.

    Returns:
        How many records have an outcome now; 0 where none are left to take.
    """
    job = db.get(BulkJob, job_id, populate_existing=True)
    if job is None or job.status is not BulkJobStatus.RUNNING:
        return 0
    actor = _actor_of(db, job)
    do = _doing(db, job, actor, now, context)
    if isinstance(do, str):
        _halt(db, job_id, do, now)
        return 0
    database_roles.act_for(db, actor)
    claimed = _claim(db, job_id)
    outcomes = [_outcome(db, item, do, actor) | {"ended_at": now} for item in claimed]
    if outcomes:
        db.execute(update(BulkItem), outcomes)
        _count(db, job_id, Counter(outcome["status"] for outcome in outcomes), now)
    return len(outcomes)


def _actor_of(db: DbSession, job: BulkJob) -> Actor:
    """Who started it, as they are now; without a role where they may not sign in any more."""
    user = db.get(User, job.actor_id, populate_existing=True)
    role = user.role if user is not None and user.active else None
    return Actor(id=job.actor_id, name=user.email if user else job.actor, role=role, origin="worker")


def _doing(db: DbSession, job: BulkJob, actor: Actor, now: datetime, context: ActContext) -> Do | str:
    """What is done to each item; or why nothing can be, in a sentence."""
    act = find_act(job.act)
    if act is None:
        return f"This version of the console does not know the act “{job.act}”."
    if actor.role is None:
        return f"{job.actor} may not sign in any more, so the rest was left as it is."
    if not can(actor, act.permission):
        return f"The role of {job.actor} does not permit this any more, so the rest was left as it is."
    if job.undo_of is not None:
        asked_at = job.created_at  # so that what could be undone when somebody asked does not lapse while it waits
        return lambda item: undo.undo(db, _event_of(item), actor=actor, now=asked_at)
    return lambda item: act.run(db, act.parse(item.record_id), actor=actor, now=now, context=context)


def _event_of(item: BulkItem) -> UUID:
    if item.event_id is None:
        raise ValueError("An item of an undo names the event that it undoes.")
    return item.event_id


def _claim(db: DbSession, job_id: UUID) -> Sequence[BulkItem]:
    query = (
        select(BulkItem)
        .where(BulkItem.job_id == job_id, BulkItem.status == BulkItemStatus.WAITING)
        .order_by(BulkItem.position)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    return db.scalars(query.execution_options(populate_existing=True)).all()


def _outcome(db: DbSession, item: BulkItem, do: Do, actor: Actor) -> dict[str, Any]:
    """Do it to one record, and say what came of it as columns of its item."""
    known = {"job_id": item.job_id, "position": item.position, "event_id": item.event_id}
    try:
        with db.begin_nested():
            audit.act_as(db, actor)
            do(item)
            event_id = item.event_id or undo.offer(db)
    except _PASSING as error:
        if not isinstance(error.orig, QueryCanceled):
            raise
        return known | {"status": BulkItemStatus.FAILED, "reason": TOO_SLOW}
    except ForbiddenError as error:
        return known | {"status": BulkItemStatus.FAILED, "reason": error.message}
    except ServiceError as error:
        return known | {"status": BulkItemStatus.SKIPPED, "reason": error.message}
    except Exception:  # one record that nobody foresaw must not keep the others from being done
        log.exception("Record %s of bulk job %s could not be done.", item.record_id, item.job_id)
        return known | {"status": BulkItemStatus.FAILED, "reason": BROKEN}
    return known | {"status": BulkItemStatus.DONE, "reason": None, "event_id": event_id}


def _count(db: DbSession, job_id: UUID, outcomes: Counter[BulkItemStatus], now: datetime) -> None:
    """Add to the job's counts, and end it with its last record; this tells all who look on."""
    ended = BulkJob.done + BulkJob.skipped + BulkJob.failed + outcomes.total()
    is_over = and_(BulkJob.status == BulkJobStatus.RUNNING, ended >= BulkJob.total)
    done, skipped, failed = (outcomes[s] for s in (BulkItemStatus.DONE, BulkItemStatus.SKIPPED, BulkItemStatus.FAILED))
    db.execute(
        update(BulkJob)
        .where(BulkJob.id == job_id)
        .values(
            done=BulkJob.done + done,
            skipped=BulkJob.skipped + skipped,
            failed=BulkJob.failed + failed,
            began_at=func.coalesce(BulkJob.began_at, now),
            moved_at=func.clock_timestamp(),
            status=case((is_over, BulkJobStatus.FINISHED.value), else_=BulkJob.status),
            ended_at=case((is_over, func.clock_timestamp()), else_=BulkJob.ended_at),
        )
        .execution_options(synchronize_session=False)
    )


def _halt(db: DbSession, job_id: UUID, why: str, now: datetime) -> None:
    halted = (
        update(BulkJob)
        .where(BulkJob.id == job_id, BulkJob.status == BulkJobStatus.RUNNING)
        .values(status=BulkJobStatus.HALTED, status_reason=why, ended_at=now)
        .returning(BulkJob.id)
        .execution_options(synchronize_session=False)
    )
    if db.scalar(halted) is not None:
        before, after = {"status": BulkJobStatus.RUNNING}, {"status": BulkJobStatus.HALTED, "reason": why}
        audit.record(db, WORKER, "bulk_job:halt", job_id, before=before, after=after)
