"""Deleting as a bulk act: each record goes to the trash with what hangs on it, and can be restored."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from models import LIVE_STATUSES, Deploy
from services import offers, trash
from services.bulk.act import Act, ActContext, Outlook
from services.database import DbSession
from services.permissions import Actor, Permission
from services.scopes import visible

Obstacles = Callable[[DbSession, Sequence[Any]], dict[Any, str]]
"""Of some records' keys, those that can't be deleted now, and why; with a fixed number of queries.

What only each record's foreign keys can tell is found when it is deleted, and skips it then.
"""
KEPT, GONE = "Kept", "In the trash"


def deletion(
    model: type[Any],
    *,
    permission: Permission | None = None,
    page: str | None = None,
    obstacles: Obstacles = lambda db, keys: {},
) -> Act:
    """Deleting records of one table.

    Args:
        permission: who may, where the table is not among `trash.KINDS`.
    """
    kind = trash.kind_of(model, permission)

    def run(db: DbSession, record_id: Any, /, *, actor: Actor, now: datetime, context: ActContext) -> object:
        return trash.delete(db, model, record_id, actor=actor, now=now, permission=permission)

    def look(db: DbSession, found: Sequence[Any], actor: Actor, context: ActContext) -> Sequence[Outlook]:
        keys = [getattr(record, act.key.key) for record in found]
        permitted = set(db.scalars(select(act.key).where(act.key.in_(keys), visible(model, actor, act.permission))))
        kept_by = obstacles(db, keys)
        return [Outlook(KEPT, GONE, kept_by.get(key) if key in permitted else offers.NOT_PERMITTED) for key in keys]

    act = Act(
        name=f"{kind.name}:delete",
        label="Delete",
        done="deleted",
        model=model,
        permission=kind.permission,
        run=run,
        look=look,
        reversible=True,
        page=page,
    )
    return act


def busy_sessions(db: DbSession, session_ids: Sequence[Any]) -> dict[Any, str]:
    """Sessions of which a deploy is under way, as `services.trash` refuses them."""
    live = select(Deploy.session_id).where(Deploy.session_id.in_(session_ids), Deploy.status.in_(LIVE_STATUSES))
    return dict.fromkeys(db.scalars(live), "A deploy of this session is under way; cancel it first.")
