"""Which of a session's deploys tells how the session stands."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on

from models import LIVE_STATUSES, Deploy
from services.database import DbSession


def telling_deploys(db: DbSession, session_ids: Collection[UUID]) -> dict[UUID, Deploy]:
    """The deploy of each session that tells how it stands: the live one, or else the newest."""
    if not session_ids:
        return {}
    deploys = db.scalars(_TELLING, {"session_ids": list(session_ids)})
    return {deploy.session_id: deploy for deploy in deploys}


_TELLING = (
    select(Deploy)
    .ext(distinct_on(Deploy.session_id))
    .where(Deploy.session_id == any_(bindparam("session_ids", type_=ARRAY(Uuid))))
    .order_by(Deploy.session_id, Deploy.status.in_(LIVE_STATUSES).desc(), Deploy.created_at.desc())
)
"""Made once, and sent with one array, so that the database plans it once: lists ask this for each of their pages."""
