"""One attempt with all that is known of it: what was sent, what came back, and what followed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models import Deploy, DeployAttempt, DeployStatus, FailureGroup, OnboardingSession, Project
from services.database import DbSession
from services.deploys import failure_words, verdict_words
from services.deploys.outcome import EXCERPT_LIMIT
from services.deploys.sent import SentRequest, request_of
from services.deploys.verdict import Verdict
from services.lookups import get_visible
from services.permissions import Actor, Permission, can


@dataclass(frozen=True)
class Neighbour:
    """The attempt before, or after."""

    id: UUID
    attempt_number: int
    started_at: datetime


@dataclass(frozen=True)
class AttemptDetails:
    """An attempt with its deploy, session and person."""

    attempt: DeployAttempt
    request: SentRequest
    verdict: Verdict | None
    """Null while it is under way."""
    follows: str
    """What followed from it, in a sentence or two."""
    before: Neighbour | None
    after: Neighbour | None
    failure: str | None
    """What failures like it are called, for those who may see their group."""
    notes: list[str]
    """What is to be known of the stored answer. It is empty where the answer is whole."""

    @property
    def ended_at(self) -> datetime | None:
        """Null while it is under way."""
        took = self.attempt.duration_ms
        return None if took is None else self.attempt.started_at + timedelta(milliseconds=took)


def get_attempt(db: DbSession, attempt_id: UUID, *, actor: Actor, signed: bool) -> AttemptDetails:
    """
    Args:
        signed: whether workers have a secret to sign requests with.

    Raises:
        NotFoundError: there is no such attempt that the actor may see.
    """
    deploy = joinedload(DeployAttempt.deploy).joinedload(Deploy.session).joinedload(OnboardingSession.user)
    attempt = get_visible(db, DeployAttempt, attempt_id, actor, deploy)
    before, after = _neighbours(db, attempt)
    return AttemptDetails(
        attempt=attempt,
        request=request_of(attempt, project_id=_project_id(db, attempt.deploy.session_id), signed=signed),
        verdict=verdict_words.verdict_of(attempt),
        follows=_follows(attempt, after),
        before=before,
        after=after,
        failure=_failure(db, attempt, actor),
        notes=_notes(attempt.response_excerpt or ""),
    )


def _neighbours(db: DbSession, attempt: DeployAttempt) -> tuple[Neighbour | None, Neighbour | None]:
    number = DeployAttempt.attempt_number
    rows = select(DeployAttempt.id, number, DeployAttempt.started_at).where(
        DeployAttempt.deploy_id == attempt.deploy_id
    )
    before = db.execute(rows.where(number < attempt.attempt_number).order_by(number.desc()).limit(1)).first()
    after = db.execute(rows.where(number > attempt.attempt_number).order_by(number).limit(1)).first()
    return before and Neighbour(*before), after and Neighbour(*after)


def _project_id(db: DbSession, session_id: UUID) -> UUID | None:
    """The project that the body named, which is the session's."""
    return db.scalar(select(Project.id).where(Project.onboarding_session_id == session_id).limit(1))


def _follows(attempt: DeployAttempt, after: Neighbour | None) -> str:
    """Why the outcome is judged so, and what came of it; when the next attempt is, the page tells beside it."""
    verdict, status = verdict_words.verdict_of(attempt), attempt.deploy.status
    told = [verdict_words.reason(attempt)]
    if verdict is None or verdict is Verdict.SUCCEEDED:
        return told[0]
    if after is not None:
        told.append(f"Attempt {after.attempt_number} followed.")
    elif status is DeployStatus.DEAD_LETTERED:
        last = "No attempt follows" if verdict.is_final else "It was the last attempt of its schedule"
        told.append(f"{last}, so the deploy was given up.")
    elif status is DeployStatus.CANCELLED:
        told.append("The deploy was cancelled before it was tried again.")
    elif status.is_live:
        told.append("It is tried again.")
    return " ".join(told)


def _failure(db: DbSession, attempt: DeployAttempt, actor: Actor) -> str | None:
    if attempt.fingerprint is None or not can(actor, Permission.SEE_FAILURES):
        return None
    group = db.scalar(select(FailureGroup).where(FailureGroup.fingerprint == attempt.fingerprint))
    return failure_words.title(group) if group else None


def _notes(excerpt: str) -> list[str]:
    notes = []
    if len(excerpt) >= EXCERPT_LIMIT:
        notes.append(f"Only the first {EXCERPT_LIMIT:,} characters are kept.")
    if "\ufffd" in excerpt:
        notes.append("Some of its bytes were no text in the charset that it declared; each is shown as \ufffd.")
    return notes
