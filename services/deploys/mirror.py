"""Showing the newest outcome on the session, where the wizard's own program reads it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from models import DeployStatus, SessionStatus
from services.database import DbSession
from services.deploys.outcome import AttemptOutcome
from services.onboarding_status import session_after_deploy


@dataclass(frozen=True)
class Reflection:
    """What a session is to show."""

    started_at: datetime
    outcome: AttemptOutcome
    status: DeployStatus
    """The deploy's, which the session's follows."""


_LOCK = text(
    """
    SELECT id, status FROM onboarding_sessions WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR NO KEY UPDATE
    """
)
_SHOW = text(
    """
    UPDATE onboarding_sessions s
    SET deploy_triggered_at = r.triggered_at, deploy_response = CAST(r.response AS jsonb), status = r.status
    FROM unnest(
        CAST(:ids AS uuid[]), CAST(:triggered_ats AS timestamptz[]), CAST(:responses AS text[]),
        CAST(:statuses AS text[])
    ) AS r (id, triggered_at, response, status)
    WHERE s.id = r.id
    """
)


def mirror(db: DbSession, reflections: Mapping[UUID, Reflection]) -> None:
    """Write each session's newest outcome, by the session's id, and what follows for the session's status."""
    statuses = {row.id: SessionStatus(row.status) for row in db.execute(_LOCK, {"ids": list(reflections)})}
    if not statuses:
        return
    shown = {session_id: reflections[session_id] for session_id in statuses}
    db.execute(
        _SHOW,
        {
            "ids": list(shown),
            "triggered_ats": [one.started_at for one in shown.values()],
            "responses": [json.dumps(one.outcome.as_deploy_response()) for one in shown.values()],
            "statuses": [session_after_deploy(statuses[key], one.status).value for key, one in shown.items()],
        },
    )
