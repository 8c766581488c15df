"""A delivery: one attempt of a deploy, from its claim to its outcome."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from models import DeployTrigger
from services.deploys.outcome import AttemptOutcome

ATTEMPT_LIMIT = timedelta(seconds=15)
"""How long one attempt may take in all."""
LOST_AFTER = ATTEMPT_LIMIT + timedelta(seconds=5)
"""An attempt that has been open for so long lost its worker: a living one would have ended it."""


@dataclass(frozen=True)
class Delivery:
    """One attempt that was claimed and must now be POSTed."""

    deploy_id: UUID
    attempt_id: UUID
    attempt_number: int
    hook_url: str = field(repr=False)
    idempotency_key: str
    trigger: DeployTrigger
    session_id: UUID
    project_id: UUID | None
    started_at: datetime


@dataclass(frozen=True)
class Ended:
    """An attempt and what it came to."""

    attempt_id: UUID
    outcome: AttemptOutcome
