"""Which sessions have a deploy under way."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from models import LIVE_STATUSES, Deploy
from services.database import DbSession


def being_deployed(db: DbSession, session_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of the sessions whose deploy waits or is being POSTed: asking for another would be a conflict."""
    if not session_ids:
        return frozenset()
    live = select(Deploy.session_id).where(Deploy.session_id.in_(session_ids), Deploy.status.in_(LIVE_STATUSES))
    return frozenset(db.scalars(live))
