"""What people make of failure groups: resolve, ignore, reopen."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from models import FailureGroup, FailureGroupStatus
from services import audit
from services.database import DbSession
from services.errors import ConflictError, NotFoundError
from services.labels import within
from services.permissions import Actor, Permission, require


def resolve(db: DbSession, group_id: UUID, *, actor: Actor, now: datetime) -> FailureGroup:
    """Say that a group's cause is put right. Should it fail again, it reopens by itself.

    Raises:
        NotFoundError: there is no such group.
        ForbiddenError: the actor may not triage failures.
        ConflictError: it is resolved already, or changed at the same moment.
    """
    return _triage(db, group_id, FailureGroupStatus.RESOLVED, "resolve", actor=actor, now=now)


def ignore(db: DbSession, group_id: UUID, *, actor: Actor, now: datetime) -> FailureGroup:
    """Say that a group is not worth a look. It is counted on, and stays ignored.

    Raises:
        NotFoundError, ForbiddenError, ConflictError: as `resolve` does.
    """
    return _triage(db, group_id, FailureGroupStatus.IGNORED, "ignore", actor=actor, now=now)


def reopen(db: DbSession, group_id: UUID, *, actor: Actor, now: datetime) -> FailureGroup:
    """Say that a group needs a hand after all.

    Raises:
        NotFoundError, ForbiddenError, ConflictError: as `resolve` does.
    """
    return _triage(db, group_id, FailureGroupStatus.OPEN, "reopen", actor=actor, now=now)


def put_back(
    db: DbSession,
    group_id: UUID,
    *,
    became: FailureGroupStatus,
    was: FailureGroupStatus,
    reopened_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> None:
    """Undo one of these: a group that became `became` is `was` again.

    Args:
        reopened_at: when it had come back, where it had.

    Raises:
        NotFoundError, ForbiddenError: as `resolve` does.
        ConflictError: it is something else by now; it may have come back by itself.
    """
    require(actor, Permission.TRIAGE_FAILURES)
    group = get(db, group_id)
    if _change(db, group_id, became, was, actor=actor, now=now, reopened_at=reopened_at) is None:
        db.refresh(group)
        raise ConflictError(f"This failure group is {within(group.status)} by now, so nothing was undone.")
    audit.record(db, actor, "failure_group:undo", group_id, before={"status": became}, after={"status": was})


def get(db: DbSession, group_id: UUID) -> FailureGroup:
    """Raises:
    NotFoundError: there is no such group.
    """
    group = db.get(FailureGroup, group_id, populate_existing=True)
    if group is None:
        raise NotFoundError("There is no such failure group.")
    return group


def _triage(
    db: DbSession, group_id: UUID, status: FailureGroupStatus, verb: str, *, actor: Actor, now: datetime
) -> FailureGroup:
    require(actor, Permission.TRIAGE_FAILURES)
    group = get(db, group_id)
    was, came_back = group.status, {"reopened_at": group.reopened_at} if group.reopened_at else {}
    changed = None if was is status else _change(db, group_id, was, status, actor=actor, now=now)
    db.refresh(group)
    if changed is None:
        raise ConflictError(f"This failure group is {within(group.status)} already.")
    audit.record(
        db, actor, f"failure_group:{verb}", group_id, before={"status": was} | came_back, after={"status": status}
    )
    return group


def _change(
    db: DbSession,
    group_id: UUID,
    was: FailureGroupStatus,
    status: FailureGroupStatus,
    *,
    actor: Actor,
    now: datetime,
    reopened_at: datetime | None = None,
) -> UUID | None:
    return db.scalar(
        update(FailureGroup)
        .where(FailureGroup.id == group_id, FailureGroup.status == was)
        .values(status=status, status_at=now, status_by=actor.name, reopened_at=reopened_at)
        .returning(FailureGroup.id)
    )
