"""How each person wants lists shown: columns, order, rows on a page, what a list opens with, how close rows stand.

It changes nothing that anybody else sees, so the audit trail has nothing of it.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from models import Density, ListPreference, User
from services.database import DbSession
from services.errors import InvalidInputError
from services.permissions import Actor
from services.saved_views import get_view

COLUMNS_LIMIT = 100
"""Columns that one list is shown with at most."""


_MINE = select(ListPreference).where(
    ListPreference.user_id == bindparam("me"), ListPreference.endpoint == bindparam("endpoint")
)
"""Made once, since each list asks it."""


def find(db: DbSession, endpoint: str, *, actor: Actor) -> ListPreference | None:
    """What the person wants of a list; None while that is nothing in particular."""
    return db.scalar(_MINE, {"me": actor.id, "endpoint": endpoint})


def remember_columns(db: DbSession, endpoint: str, columns: Sequence[str] | None, *, actor: Actor) -> None:
    """Keep which columns the person wants, by name and in their order; None for the list's own.

    Raises:
        InvalidInputError: there are none, or too many.
    """
    if columns is not None and not 0 < len(columns) <= COLUMNS_LIMIT:
        raise InvalidInputError(f"Choose from one to {COLUMNS_LIMIT} columns.", field="column")
    _keep(db, endpoint, actor, columns=None if columns is None else list(columns))


def remember_order(db: DbSession, endpoint: str, order: Sequence[str], *, actor: Actor) -> None:
    """Keep by which columns the person wants the list ordered; none for its usual order.

    Args:
        order: their names, with a minus before those that descend.
    """
    _keep(db, endpoint, actor, sorted_by=list(order) or None)


def remember_page_size(db: DbSession, endpoint: str, rows: int | None, *, actor: Actor) -> None:
    """Keep how many rows the person wants on a page; None for the list's own number.

    Raises:
        InvalidInputError: it is no number of rows.
    """
    if rows is not None and not 0 < rows <= 1_000:
        raise InvalidInputError("A page has from 1 to 1,000 rows.", field="page_size")
    _keep(db, endpoint, actor, page_size=rows)


def open_with(db: DbSession, view_id: UUID, *, actor: Actor) -> None:
    """Have a list open with a saved view from now on, for this person.

    Raises:
        NotFoundError: there is no such view, or none that this person may see.
    """
    view = get_view(db, view_id, actor=actor, hold=True)
    _keep(db, view.endpoint, actor, default_view_id=view.id)


def open_plainly(db: DbSession, endpoint: str, *, actor: Actor) -> None:
    """Have a list open with no saved view."""
    _keep(db, endpoint, actor, default_view_id=None)


def remember_density(db: DbSession, density: Density, *, actor: Actor) -> None:
    """Keep how close the person wants rows to stand, in whichever browser they sign in next."""
    if actor.acting_by is None:
        db.execute(update(User).where(User.id == actor.id).values(density=density))


def _keep(db: DbSession, endpoint: str, actor: Actor, **values: Any) -> None:
    """Write it, but not for who only acts as the person: how somebody likes lists is nobody else's to change."""
    if actor.acting_by is not None:
        return
    kept = insert(ListPreference).values(user_id=actor.id, endpoint=endpoint, **values)
    db.execute(kept.on_conflict_do_update(index_elements=["user_id", "endpoint"], set_=values))
