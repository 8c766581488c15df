"""How far a bulk job has come, and what became of each of its records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, tuple_

from models import BulkItem, BulkItemStatus, BulkJob, BulkJobStatus
from services.bulk.act import Act
from services.bulk.acts import find_act
from services.database import DbSession
from services.errors import NotFoundError
from services.item_pages import ItemPage
from services.permissions import Actor, Permission, can, require
from services.scopes import visible
from services.undo import WINDOW

PAGE = 50
"""Items, or jobs, that one page shows."""


@dataclass(frozen=True)
class Progress:
    """A job and how far it has come."""

    job: BulkJob
    act: Act | None
    """None where this version of the console does not know it."""
    followers: Sequence[BulkJob]
    """The jobs that undo this one, or retry what failed in it."""
    is_own: bool
    can_undo: bool
    can_retry: bool

    @property
    def per_s(self) -> float | None:
        """Records a second so far; null before there is anything to go by."""
        job = self.job
        seconds = (job.moved_at - job.began_at).total_seconds() if job.moved_at and job.began_at else 0
        return job.ended / seconds if seconds > 0 else None

    @property
    def seconds_left(self) -> float | None:
        """Until its end, should it go on as it did; null where that can't be told."""
        return self.job.left / self.per_s if self.per_s and self.job.status is BulkJobStatus.RUNNING else None


@dataclass(frozen=True)
class Item:
    """One record of a job."""

    record_id: str
    name: str | None
    """Null where the record is gone, or the person may not see it."""
    position: int
    status: BulkItemStatus
    reason: str | None
    ended_at: datetime | None


def get_job(db: DbSession, job_id: UUID, *, actor: Actor, lock: bool = False) -> BulkJob:
    """
    Raises:
        ForbiddenError: the role does not permit to see jobs at all.
        NotFoundError: there is no such job, or it is somebody else's.
    """
    require(actor, Permission.SEE_BULK_JOBS)
    query = select(BulkJob).where(BulkJob.id == job_id, visible(BulkJob, actor, Permission.SEE_BULK_JOBS))
    query = query.with_for_update() if lock else query
    job = db.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if job is None:
        raise NotFoundError("There is no such bulk job, or none that you may see.")
    return job


def get_progress(db: DbSession, job_id: UUID, *, actor: Actor, now: datetime) -> Progress:
    """
    Raises:
        As `get_job` does.
    """
    job = get_job(db, job_id, actor=actor)
    act = find_act(job.act)
    follow = or_(BulkJob.undo_of == job_id, BulkJob.retry_of == job_id)
    followers = db.scalars(select(BulkJob).where(follow).order_by(BulkJob.created_at)).all()
    is_own = job.actor_id == actor.id
    may = is_own and act is not None and can(actor, act.permission) and job.status is not BulkJobStatus.RUNNING
    is_undone = any(follower.undo_of == job_id for follower in followers)
    in_time = job.moved_at is not None and now - job.moved_at <= WINDOW
    return Progress(
        job=job,
        act=act,
        followers=followers,
        is_own=is_own,
        can_undo=may and in_time and not is_undone and job.undo_of is None and _has_undoable(db, job_id),
        can_retry=may and job.failed > 0,
    )


def recent(db: DbSession, *, actor: Actor, after: UUID | None = None, limit: int = PAGE) -> Sequence[BulkJob]:
    """The newest jobs that the actor may see, or those before the one that `after` names.

    Raises:
        ForbiddenError: the role does not permit to see jobs at all.
        NotFoundError: there is no job `after`.
    """
    require(actor, Permission.SEE_BULK_JOBS)
    query = select(BulkJob).where(visible(BulkJob, actor, Permission.SEE_BULK_JOBS))
    query = query.order_by(BulkJob.created_at.desc(), BulkJob.id.desc()).limit(limit)
    if after is not None:
        last = get_job(db, after, actor=actor)
        query = query.where(tuple_(BulkJob.created_at, BulkJob.id) < tuple_(last.created_at, last.id))
    return db.scalars(query.execution_options(populate_existing=True)).all()


def items(
    db: DbSession, job_id: UUID, *, actor: Actor, status: BulkItemStatus | None = None, cursor: int = 0
) -> ItemPage[Item]:
    """What became of the records, in their order, from behind the position `cursor` on.

    Raises:
        As `get_job` does.
    """
    job = get_job(db, job_id, actor=actor)
    query = select(BulkItem).where(BulkItem.job_id == job_id, BulkItem.position > cursor)
    if status is not None:
        query = query.where(BulkItem.status == status)
    rows = db.scalars(query.order_by(BulkItem.position).limit(PAGE + 1).execution_options(populate_existing=True)).all()
    shown, act = rows[:PAGE], find_act(job.act)
    names = act.names(db, [item.record_id for item in shown], actor) if act else {}
    found = [_item(item, names.get(item.record_id)) for item in shown]
    return ItemPage(found, found[-1].position if len(rows) > PAGE else None)


def _item(item: BulkItem, name: str | None) -> Item:
    return Item(item.record_id, name, item.position, item.status, item.reason, item.ended_at)


def _has_undoable(db: DbSession, job_id: UUID) -> bool:
    done = (BulkItem.job_id == job_id, BulkItem.status == BulkItemStatus.DONE, BulkItem.event_id.is_not(None))
    return db.scalar(select(BulkItem.position).where(*done).limit(1)) is not None
