"""Saved views in the navigation: each person's choice of them, in each person's order."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from models import SavedView, SavedViewPin
from services.database import DbSession
from services.errors import ConflictError
from services.permissions import Actor
from services.saved_views import get_view, visible_to

LIMIT = 20
"""Views that one person pins: each costs a count wherever the navigation is seen."""


def pinned(db: DbSession, *, actor: Actor) -> Sequence[SavedView]:
    """The views that the person pinned and may still see, in the person's order."""
    mine = (
        select(SavedView)
        .join(SavedViewPin, SavedViewPin.view_id == SavedView.id)
        .where(SavedViewPin.user_id == actor.id, visible_to(actor))
        .order_by(SavedViewPin.position, SavedView.id)
    )
    return db.scalars(mine).all()


def pin(db: DbSession, view_id: UUID, *, actor: Actor) -> None:
    """Put a view at the end of the person's pinned ones; one that is pinned stays where it is.

    Raises:
        NotFoundError: there is no such view, or none that this person may see.
        ConflictError: as many are pinned as fit.
    """
    view = get_view(db, view_id, actor=actor, hold=True)
    mine = SavedViewPin.user_id == actor.id
    last = db.scalar(select(func.max(SavedViewPin.position)).where(mine)) or 0
    pinned = insert(SavedViewPin).values(user_id=actor.id, view_id=view.id, position=last + 1)
    db.execute(pinned.on_conflict_do_nothing())
    if (db.scalar(select(func.count()).where(mine)) or 0) > LIMIT:
        raise ConflictError(f"{LIMIT} views are pinned, which is as many as fit. Unpin one first.")


def unpin(db: DbSession, view_id: UUID, *, actor: Actor) -> None:
    """Take a view out of the person's navigation; one that is not there stays away."""
    db.execute(delete(SavedViewPin).where(SavedViewPin.user_id == actor.id, SavedViewPin.view_id == view_id))


def move(db: DbSession, view_id: UUID, to: Literal["up", "down"], *, actor: Actor) -> None:
    """Move a pinned view past the one before or after it; one at the end of the order, or not pinned, stays."""
    locked = select(SavedViewPin).where(SavedViewPin.user_id == actor.id).with_for_update()
    pins = db.scalars(locked.order_by(SavedViewPin.position, SavedViewPin.view_id)).all()
    order = [pin.view_id for pin in pins]
    if view_id not in order:
        return
    place = order.index(view_id)
    order.insert(place - 1 if to == "up" and place else place + (to == "down"), order.pop(place))
    for pin in pins:
        pin.position = order.index(pin.view_id) + 1
    db.flush()
