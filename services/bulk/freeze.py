"""Freezing a selection: the job and one item for each record, in one transaction with the job's audit event."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, cast, func, insert, literal, select, text
from sqlalchemy.dialects.postgresql import insert as upsert

from models import BulkItem, BulkJob
from services import audit
from services.bulk.act import Act
from services.database import DbSession
from services.errors import ConflictError, ForbiddenError, InvalidInputError
from services.permissions import Actor, require

LIMIT = 100_000
"""Records of one job: its items are written while somebody waits, in a few seconds."""
MANY = 1_000
"""Items from which on the planner is told of them at once; it would go by what was there before for a minute."""


def start(
    db: DbSession,
    act: Act,
    ids: Select[Any],
    *,
    job_id: UUID,
    list_name: str,
    list_url: str,
    actor: Actor,
    now: datetime,
    confirmed: int | None = None,
) -> BulkJob:
    """Freeze what the list selects now; the worker does the rest.

    Args:
        ids: a SELECT of the primary keys that the list's filter selects, within the actor's scope.
        job_id: what the form was given; where it is a job of this act and person already, that one is returned.
        list_url: the list's path and query.
        confirmed: how many records the person typed; asked for where the act can't be undone.

    Raises:
        ForbiddenError: the role does not permit the act.
        ConflictError: nothing matches any more, or the form was used for something else.
        InvalidInputError: too many match, or the count that was typed is another.
    """
    require(actor, act.permission)
    job = BulkJob(id=job_id, act=act.name, list_name=list_name, list_url=list_url)
    if not write_job(db, job, actor=actor, now=now):
        return the_same(db, job, actor=actor)
    chosen = ids.order_by(None).distinct().limit(LIMIT + 1).subquery()
    [key] = chosen.c
    total = write_items(db, job_id, select(cast(key, Text), literal(None, Uuid())), order=key)
    _check(act, total, confirmed)
    return begin(db, job_id, total, actor=actor, event={"act": act.name, "list": list_url})


def write_job(db: DbSession, job: BulkJob, *, actor: Actor, now: datetime) -> bool:
    """Write the job's row; false where there is one with its id already, maybe since a moment.

    Raises:
        ForbiddenError: the actor acts as somebody else; the worker would do it in that one's name alone.
    """
    if actor.acting_by is not None:
        raise ForbiddenError("Nobody starts a bulk job while acting as somebody else.")
    names = ("id", "act", "list_name", "list_url", "undo_of", "retry_of")
    values = {name: getattr(job, name) for name in names}
    values |= {"actor": actor.name, "actor_id": actor.id, "created_at": now}
    statement = upsert(BulkJob).values(values).on_conflict_do_nothing(index_elements=[BulkJob.id])
    return db.scalar(statement.returning(BulkJob.id)) is not None


def the_same(db: DbSession, job: BulkJob, *, actor: Actor) -> BulkJob:
    """The job that is there already with this one's id.

    Raises:
        ConflictError: it is not this person's, or not of the same.
    """
    found = db.get_one(BulkJob, job.id, populate_existing=True)
    alike = all(getattr(found, name) == getattr(job, name) for name in ("act", "undo_of", "retry_of"))
    if found.actor_id != actor.id or not alike:
        raise ConflictError("This form was used for something else already; begin again from the list.")
    return found


def write_items(db: DbSession, job_id: UUID, rows: Any, *, order: Any) -> int:
    """Write an item for each row of `rows`, the text of a key and an event's id, in this order; how many."""
    position = func.row_number().over(order_by=order)
    query = rows.add_columns(literal(job_id, Uuid()), position)
    names = ("record_id", "event_id", "job_id", "position")
    db.execute(insert(BulkItem).from_select(names, query, include_defaults=False))
    written = db.scalars(select(func.count()).where(BulkItem.job_id == job_id)).one()
    if written >= MANY:
        db.execute(text("SELECT console_analyze_bulk_items()"))
    return written


def begin(db: DbSession, job_id: UUID, total: int, *, actor: Actor, event: Mapping[str, Any]) -> BulkJob:
    """Note how many records a job has, and who started it."""
    job = db.get_one(BulkJob, job_id, populate_existing=True)
    job.total = total
    audit.record(db, actor, "bulk_job:start", job_id, after={**event, "records": total})
    return job


def _check(act: Act, total: int, confirmed: int | None) -> None:
    if not total:
        raise ConflictError("Nothing matches any more, so nothing was done.")
    if total > LIMIT:
        raise InvalidInputError(f"More than {LIMIT:,} records match, and no job takes more; narrow the filter first.")
    if not act.reversible and confirmed != total:
        raise InvalidInputError(f"Type {total:,} to confirm: so many records match now.", field="confirmed")
