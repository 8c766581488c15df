"""Files that the worker makes: asked for, seen, cancelled and deleted by their owner alone."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update

from models import UNFINISHED_EXPORTS, Export, ExportChunk, ExportStatus
from services import audit
from services.database import DbSession
from services.errors import ConflictError, NotFoundError
from services.permissions import Actor

AT_ONCE = 5
"""Files that one person may have waiting or under way."""
KEPT = timedelta(days=7)
"""How long a file is kept."""
SHOWN = 100
"""Exports that their page lists."""


def ask(db: DbSession, export: Export, *, actor: Actor) -> Export:
    """Have the worker make a file.

    Raises:
        ConflictError: the person has too many under way.
    """
    db.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"exports of {actor.id}", 0))))
    unfinished = select(func.count()).where(Export.owner_id == actor.id, Export.status.in_(UNFINISHED_EXPORTS))
    if (db.scalar(unfinished) or 0) >= AT_ONCE:
        raise ConflictError(f"You have {AT_ONCE} exports under way; wait for one of them, or cancel it.")
    db.add(export)
    db.flush()
    details = {"list": export.title, "address": export.address, "fields": export.fields, "zone": export.zone}
    audit.record(db, actor, f"export:{export.format}", export.id, after={**details, "in_background": True})
    return export


def recent(db: DbSession, *, actor: Actor) -> Sequence[Export]:
    """The person's own, newest first."""
    mine = select(Export).where(Export.owner_id == actor.id).order_by(Export.created_at.desc(), Export.id.desc())
    return db.scalars(mine.limit(SHOWN)).all()


def get(db: DbSession, export_id: UUID, *, actor: Actor) -> Export:
    """
    Raises:
        NotFoundError: there is no such export of this person's.
    """
    export = db.scalar(select(Export).where(Export.id == export_id, Export.owner_id == actor.id))
    if export is None:
        raise NotFoundError("There is no such export of yours; they are deleted after seven days.")
    return export


def chunks(db: DbSession, export_id: UUID) -> Iterator[bytes]:
    """The file's content, read part by part."""
    number = 0
    one = select(ExportChunk.data)
    while (data := db.scalar(one.where(ExportChunk.export_id == export_id, ExportChunk.number == number))) is not None:
        yield data
        number += 1


def cancel(db: DbSession, export_id: UUID, *, actor: Actor, now: datetime) -> None:
    """Have no more made of it; its worker stops at its next part.

    Raises:
        NotFoundError: there is no such export of this person's.
        ConflictError: it is made, or over.
    """
    get(db, export_id, actor=actor)
    cancelled = db.scalar(
        update(Export)
        .where(Export.id == export_id, Export.status.in_(UNFINISHED_EXPORTS))
        .values(status=ExportStatus.CANCELLED, ended_at=now, expires_at=now + KEPT, size=0)
        .returning(Export.id)
    )
    if cancelled is None:
        raise ConflictError("This export is over, so there is nothing to cancel.")
    db.execute(delete(ExportChunk).where(ExportChunk.export_id == export_id))
    audit.record(db, actor, "export:cancel", export_id)


def remove(db: DbSession, export_id: UUID, *, actor: Actor) -> None:
    """Delete the file.

    Raises:
        NotFoundError: there is no such export of this person's.
    """
    export = get(db, export_id, actor=actor)
    audit.record(db, actor, "export:delete", export_id, before={"list": export.title, "format": export.format})
    db.execute(delete(Export).where(Export.id == export_id))


def forget_of(db: DbSession, owner_id: UUID) -> None:
    """Delete a person's files, and those that are under way, since they may no longer see what is in them."""
    db.execute(delete(Export).where(Export.owner_id == owner_id))


def forget_old(db: DbSession, *, now: datetime) -> None:
    """Delete the files whose time is over, and those that nobody made in it."""
    over = or_(Export.expires_at <= now, Export.created_at <= now - 2 * KEPT)
    db.execute(delete(Export).where(over))
