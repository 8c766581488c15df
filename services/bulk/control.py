"""What people do to a bulk job that has begun: cancel it, run what failed again, undo what was done."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, update

from models import BulkItem, BulkItemStatus, BulkJob, BulkJobStatus
from services import audit
from services.bulk.acts import find_act
from services.bulk.freeze import begin, the_same, write_items, write_job
from services.bulk.progress import get_job
from services.database import DbSession
from services.errors import ConflictError, ForbiddenError
from services.labels import within
from services.permissions import Actor, require
from services.undo import WINDOW


def cancel(db: DbSession, job_id: UUID, *, actor: Actor, now: datetime) -> None:
    """End a job: what is done stays done, what waits is left as it is. A batch that is under way is finished.

    Raises:
        NotFoundError: there is no such job, or none that the actor may see.
        ConflictError: it is over already.
    """
    job = get_job(db, job_id, actor=actor)
    cancelled = (
        update(BulkJob)
        .where(BulkJob.id == job_id, BulkJob.status == BulkJobStatus.RUNNING)
        .values(status=BulkJobStatus.CANCELLED, ended_at=now)
        .returning(BulkJob.id)
        .execution_options(synchronize_session=False)
    )
    is_cancelled = db.scalar(cancelled) is not None
    db.refresh(job)
    if not is_cancelled:
        raise ConflictError(f"This job is {within(job.status)} already, so there is nothing to cancel.")
    after = {"status": BulkJobStatus.CANCELLED, "ended": job.ended, "left": job.left}
    audit.record(db, actor, "bulk_job:cancel", job_id, before={"status": BulkJobStatus.RUNNING}, after=after)


def retry_failed(db: DbSession, job_id: UUID, *, new_id: UUID, actor: Actor, now: datetime) -> BulkJob:
    """Start another job of the records that failed in this one.

    Args:
        new_id: what the form was given; where it is that job already, it is returned.

    Raises:
        NotFoundError: there is no such job, or none that the actor may see.
        ForbiddenError: somebody else started it, or the role does not permit the act.
        ConflictError: it is not over, or nothing failed.
    """
    job = _own_ended(db, job_id, actor)
    again = BulkJob(id=new_id, act=job.act, list_name=job.list_name, list_url=job.list_url)
    again.undo_of, again.retry_of = job.undo_of, job.id
    if not write_job(db, again, actor=actor, now=now):
        return the_same(db, again, actor=actor)
    rows = select(BulkItem.record_id, BulkItem.event_id).where(*_of(job, BulkItemStatus.FAILED))
    total = write_items(db, new_id, rows, order=BulkItem.position)
    if not total:
        raise ConflictError("Nothing of this job failed, so there is nothing to retry.")
    return begin(db, new_id, total, actor=actor, event={"act": job.act, "retry_of": job.id})


def undo_done(db: DbSession, job_id: UUID, *, new_id: UUID, actor: Actor, now: datetime) -> BulkJob:
    """Start a job that undoes what this one did, the last first; each record by the rules of `services.undo`.

    Args:
        new_id: as `retry_failed` has it.

    Raises:
        NotFoundError: there is no such job, or none that the actor may see.
        ForbiddenError: somebody else started it, or the role does not permit the act any more.
        ConflictError: it is not over, it is undone already, it was too long ago, or nothing of it can be undone.
    """
    job = _own_ended(db, job_id, actor)
    undoing = BulkJob(id=new_id, act=job.act, list_name=job.list_name, list_url=job.list_url, undo_of=job.id)
    if not write_job(db, undoing, actor=actor, now=now):
        return the_same(db, undoing, actor=actor)
    _refuse_late(db, job, new_id, now)
    undoable = (*_of(job, BulkItemStatus.DONE), BulkItem.event_id.is_not(None))
    rows = select(BulkItem.record_id, BulkItem.event_id).where(*undoable)
    total = write_items(db, new_id, rows, order=BulkItem.position.desc())
    if not total:
        raise ConflictError("Nothing of this job can be undone.")
    return begin(db, new_id, total, actor=actor, event={"act": job.act, "undo_of": job.id})


def _own_ended(db: DbSession, job_id: UUID, actor: Actor) -> BulkJob:
    """The job, locked, so that of two who undo it at once the second sees what the first one did."""
    job = get_job(db, job_id, actor=actor, lock=True)
    if job.actor_id != actor.id:
        raise ForbiddenError(f"Only {job.actor}, who started this job, can do that.")
    act = find_act(job.act)
    if act is None:
        raise ConflictError("This version of the console does not know the act.")
    require(actor, act.permission)
    if job.status is BulkJobStatus.RUNNING:
        raise ConflictError("This job is still running; wait for its end, or cancel it first.")
    return job


def _refuse_late(db: DbSession, job: BulkJob, new_id: UUID, now: datetime) -> None:
    if job.undo_of is not None:
        raise ConflictError("An undo can’t be undone.")
    if job.moved_at is None or now - job.moved_at > WINDOW:
        minutes = WINDOW // timedelta(minutes=1)
        raise ConflictError(f"This could be undone for {minutes} minutes, which are over.")
    other = exists().where(BulkJob.undo_of == job.id, BulkJob.id != new_id)
    if db.scalar(select(other)):
        raise ConflictError("This job is undone already, or is being undone.")


def _of(job: BulkJob, status: BulkItemStatus) -> tuple[Any, ...]:
    return BulkItem.job_id == job.id, BulkItem.status == status
