"""What lies in the trash, for those who may restore it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, tuple_

from models import TrashedRecord
from services.database import DbSession
from services.errors import NotFoundError
from services.permissions import Actor, Permission, Scope

PAGE = 50
"""Records on one page."""


def newest(db: DbSession, *, actor: Actor, after: UUID | None = None) -> Sequence[TrashedRecord]:
    """What the actor may restore, the newest first, or what was deleted before the one that `after` names.

    Returns:
        One more than PAGE where there are more.

    Raises:
        NotFoundError: `after` is not in the trash any more, or not this actor's to restore.
    """
    query = (
        select(TrashedRecord)
        .where(restorable(actor))
        .order_by(TrashedRecord.deleted_at.desc(), TrashedRecord.id.desc())
        .limit(PAGE + 1)
    )
    if after is not None:
        last = get(db, after, actor=actor)
        query = query.where(tuple_(TrashedRecord.deleted_at, TrashedRecord.id) < tuple_(last.deleted_at, last.id))
    return db.scalars(query).all()


def get(db: DbSession, trashed_id: UUID, *, actor: Actor, lock: bool = False) -> TrashedRecord:
    """
    Raises:
        NotFoundError: there is no such record in the trash that the actor may restore.
    """
    statement = select(TrashedRecord).where(TrashedRecord.id == trashed_id, restorable(actor))
    trashed = db.scalar(statement.with_for_update() if lock else statement)
    if trashed is None:
        raise NotFoundError("This is not in the trash: it was restored, or its time is over, or it is not yours.")
    return trashed


def restorable(actor: Actor) -> ColumnElement[bool]:
    """Who may delete may restore; where that is one's own records alone, what one deleted oneself."""
    held = {scope: [it for it in Permission if actor.scope(it) is scope] for scope in Scope}
    return or_(
        TrashedRecord.permission.in_(held[Scope.ALL]),
        and_(TrashedRecord.permission.in_(held[Scope.OWN]), TrashedRecord.actor_id == actor.id),
    )
