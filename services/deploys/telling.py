"""Which of a session's deploys tells how the session stands."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from models import LIVE_STATUSES, Deploy
from services.database import DbSession


def telling_deploys(db: DbSession, session_ids: Collection[UUID]) -> dict[UUID, Deploy]:
    """The deploy of each session that tells how it stands: the live one, or else the newest."""
    if not session_ids:
        return {}
    deploys = db.scalars(
        select(Deploy)
        .ext(distinct_on(Deploy.session_id))
        .where(Deploy.session_id.in_(session_ids))
        .order_by(Deploy.session_id, Deploy.status.in_(LIVE_STATUSES).desc(), Deploy.created_at.desc())
    )
    return {deploy.session_id: deploy for deploy in deploys}
