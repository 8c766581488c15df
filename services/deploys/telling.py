"""Which of a session's deploys tells how the session stands."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import distinct_on

from models import LIVE_STATUSES, Deploy, DeployStatus
from services.database import DbSession


def telling_deploys(db: DbSession, session_ids: Collection[UUID]) -> dict[UUID, Deploy]:
    """The deploy of each session that tells how it stands: the live one, or else the newest."""
    if not session_ids:
        return {}
    deploys = db.scalars(_TELLING, {"session_ids": list(session_ids)})
    return {deploy.session_id: deploy for deploy in deploys}


def telling_statuses(db: DbSession, session_ids: Collection[UUID]) -> dict[UUID, DeployStatus]:
    """The status of that deploy, which is all that a list shows of it."""
    if not session_ids:
        return {}
    found = db.execute(_STATUSES, {"session_ids": list(session_ids)})
    return {row.session_id: row.status for row in found}


_TELLING = (
    select(Deploy)
    .ext(distinct_on(Deploy.session_id))
    .where(Deploy.session_id == any_(bindparam("session_ids", type_=ARRAY(Uuid))))
    .order_by(Deploy.session_id, Deploy.status.in_(LIVE_STATUSES).desc(), Deploy.created_at.desc())
)
"""Made once, and sent with one array, so that the database plans it once: lists ask this for each of their pages."""
_STATUSES = _TELLING.with_only_columns(Deploy.session_id, Deploy.status)
