"""The rows of attempts: locked with their deploys, and closed with their outcomes, many at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from uuid import UUID

from sqlalchemy import ScalarSelect, func, select, text
from sqlalchemy.orm import InstrumentedAttribute

from models import DeployAttempt, DeployStatus, ErrorKind
from services.database import DbSession
from services.deploys.delivery import Ended
from services.deploys.fingerprint import Likeness


class Closing(Enum):
    """What an attempt was when its outcome came."""

    ON_TIME = auto()
    LATE = auto()
    """It had been taken for lost."""
    AGAIN = auto()
    """It had an outcome already, which stands."""


@dataclass(frozen=True)
class Locked:
    """An attempt and its deploy, as they are while both are locked."""

    attempt_id: UUID
    attempt_number: int
    closing: Closing
    started_at: datetime
    deploy_id: UUID
    status: DeployStatus
    host: str
    hook_digest: str
    first_attempt_number: int
    session_id: UUID

    @property
    def place(self) -> int:
        """The attempt's place in the schedule, from 1; a retry by hand begins it anew."""
        return self.attempt_number - self.first_attempt_number + 1


_LOCK = text(
    """
    SELECT a.id, a.attempt_number, a.duration_ms, a.error_kind, a.started_at,
        d.id AS deploy_id, d.status, d.host, d.hook_digest, d.first_attempt_number, d.session_id
    FROM deploy_attempts a JOIN deploys d ON d.id = a.deploy_id JOIN onboarding_sessions s ON s.id = d.session_id
    WHERE a.id = ANY(CAST(:ids AS uuid[]))
    ORDER BY s.id, d.id, a.id
    FOR KEY SHARE OF s FOR UPDATE OF d FOR UPDATE OF a
    """
)
"""The session comes first, as it does for whoever deletes it, so that the two never wait for each other."""
_CLOSE = text(
    """
    UPDATE deploy_attempts a SET duration_ms = e.duration_ms, status_code = e.status_code, error_kind = e.error_kind,
        error_message = e.error_message, response_excerpt = e.response_excerpt, retry_after_s = e.retry_after_s,
        fingerprint = e.fingerprint
    FROM unnest(
        CAST(:ids AS uuid[]), CAST(:durations AS int[]), CAST(:codes AS int[]), CAST(:kinds AS text[]),
        CAST(:messages AS text[]), CAST(:excerpts AS text[]), CAST(:retry_afters AS int[]), CAST(:prints AS text[])
    ) AS e (id, duration_ms, status_code, error_kind, error_message, response_excerpt, retry_after_s, fingerprint)
    WHERE a.id = e.id
    """
)


def last_number(deploy_id: UUID | InstrumentedAttribute[UUID]) -> ScalarSelect[int]:
    """The number of a deploy's last attempt, 0 where it has none."""
    last = func.coalesce(func.max(DeployAttempt.attempt_number), 0)
    return select(last).where(DeployAttempt.deploy_id == deploy_id).scalar_subquery()


def lock(db: DbSession, attempt_ids: Collection[UUID]) -> dict[UUID, Locked]:
    """Lock attempts and their deploys, in an order that no two workers can block each other by."""
    return {
        row.id: Locked(
            attempt_id=row.id,
            attempt_number=row.attempt_number,
            closing=_closing(row.duration_ms, row.error_kind),
            started_at=row.started_at,
            deploy_id=row.deploy_id,
            status=DeployStatus(row.status),
            host=row.host,
            hook_digest=row.hook_digest,
            first_attempt_number=row.first_attempt_number,
            session_id=row.session_id,
        )
        for row in db.execute(_LOCK, {"ids": list(attempt_ids)})
    }


def close(db: DbSession, ended: Sequence[Ended], likenesses: Mapping[UUID, Likeness]) -> None:
    """Write the outcomes; a real one goes before that of having been lost."""
    outcomes = [one.outcome for one in ended]
    found = [likenesses.get(one.attempt_id) for one in ended]
    db.execute(
        _CLOSE,
        {
            "ids": [one.attempt_id for one in ended],
            "durations": [outcome.duration_ms for outcome in outcomes],
            "codes": [outcome.status_code for outcome in outcomes],
            "kinds": [outcome.error_kind and outcome.error_kind.value for outcome in outcomes],
            "messages": [outcome.error_message for outcome in outcomes],
            "excerpts": [outcome.response_excerpt for outcome in outcomes],
            "retry_afters": [outcome.retry_after_s for outcome in outcomes],
            "prints": [likeness and likeness.fingerprint for likeness in found],
        },
    )


def _closing(duration_ms: int | None, error_kind: str | None) -> Closing:
    if duration_ms is None:
        return Closing.ON_TIME
    return Closing.LATE if error_kind == ErrorKind.WORKER_LOST else Closing.AGAIN
