"""What the dashboard's rows show, made of records that are loaded already."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from models import (
    ComboType,
    Deploy,
    DeployAttempt,
    DeployStatus,
    ErrorKind,
    GoneHook,
    OnboardingSession,
    Project,
    ProjectStatus,
    Room,
    SessionStatus,
    StatusChange,
)
from services import offers
from services.offers import Offer
from services.permissions import Actor

PREVIEW = 200
"""Characters of a hook's answer that are shown."""


@dataclass(frozen=True)
class DeployResult:
    """What a session's newest POST came to."""

    ok: bool
    code: int | None
    """The HTTP status; null where no answer came."""
    error: str | None
    at: datetime | None


@dataclass(frozen=True)
class SessionRow:
    """A row of the onboarding table."""

    id: UUID
    person: str
    purpose: str | None
    template: str | None
    status: SessionStatus
    updated_at: datetime
    result: DeployResult | None
    live: DeployStatus | None
    """The status of the deploy that is under way, where one is."""
    retry: Offer


@dataclass(frozen=True)
class ProjectRow:
    """A project as the widget of project health shows it."""

    id: UUID
    title: str
    owner: str
    stack: str | None
    combo: ComboType
    status: ProjectStatus
    changed_at: datetime
    """When it took its newest step."""
    changed_by: str | None
    is_lying: bool
    """Whether it has stood where it is for so long that somebody should look at it."""
    has_config: bool
    configure: Offer

    @property
    def step(self) -> int:
        """Its place among the four statuses, from 1."""
        return list(ProjectStatus).index(self.status) + 1


@dataclass(frozen=True)
class AttemptRow:
    """A row of the deploy log."""

    id: UUID
    deploy_id: UUID
    session_id: UUID
    session: str
    number: int
    at: datetime
    duration_ms: int | None
    ok: bool | None
    """Null while the POST is under way."""
    code: int | None
    error_kind: ErrorKind | None
    hook: str
    """Masked."""
    excerpt: str


@dataclass(frozen=True)
class WaitingRow:
    """A live deploy that waits for its next attempt."""

    id: UUID
    session_id: UUID
    session: str
    status: DeployStatus
    next_attempt_at: datetime | None
    hook: str
    """Masked."""


@dataclass(frozen=True)
class Choice:
    """A record that a quick action may be done to."""

    id: UUID
    label: str


def session_row(
    session: OnboardingSession,
    deploy: Deploy | None,
    *,
    actor: Actor,
    default_hook_url: str | None,
    gone_hooks: Mapping[str, GoneHook],
) -> SessionRow:
    """A row of a session with its person and template.

    Args:
        deploy: the session's live deploy, or else its newest.
        gone_hooks: the mark of the hook that its next deploy would call, where that is gone.
    """
    return SessionRow(
        id=session.id,
        person=str(session.user),
        purpose=session.purpose,
        template=session.template.title if session.template else None,
        status=session.status,
        updated_at=session.updated_at,
        result=_result(session),
        live=deploy.status if deploy and deploy.status.is_live else None,
        retry=offers.retry_deploy(
            actor, session, deploy.status if deploy else None, default_hook_url=default_hook_url, gone_hooks=gone_hooks
        ),
    )


def project_row(project: Project, change: StatusChange | None, *, actor: Actor, is_lying: bool) -> ProjectRow:
    """A row of a project with its owner and configuration, and of its newest step where the history has one."""
    return ProjectRow(
        id=project.id,
        title=project.title,
        owner=str(project.owner),
        stack=project.stack,
        combo=project.combo_type,
        status=project.status,
        changed_at=change.at if change else project.updated_at,
        changed_by=change.actor if change else None,
        is_lying=is_lying,
        has_config=project.config is not None,
        configure=offers.mark_configured(actor, project),
    )


def attempt_row(attempt: DeployAttempt) -> AttemptRow:
    """A row of an attempt with its deploy and session."""
    deploy = attempt.deploy
    return AttemptRow(
        id=attempt.id,
        deploy_id=deploy.id,
        session_id=deploy.session_id,
        session=str(deploy.session),
        number=attempt.attempt_number,
        at=attempt.started_at,
        duration_ms=attempt.duration_ms,
        ok=attempt.ok,
        code=attempt.status_code,
        error_kind=attempt.error_kind,
        hook=deploy.hook_masked,
        excerpt=preview(attempt),
    )


def preview(attempt: DeployAttempt) -> str:
    """The beginning of what an attempt came to: the answer, or why there was none. Other people's text."""
    return (attempt.response_excerpt or attempt.error_message or "")[:PREVIEW]


def waiting_row(deploy: Deploy) -> WaitingRow:
    """A row of a live deploy with its session."""
    return WaitingRow(
        id=deploy.id,
        session_id=deploy.session_id,
        session=str(deploy.session),
        status=deploy.status,
        next_attempt_at=deploy.next_attempt_at,
        hook=deploy.hook_masked,
    )


def room_choice(room: Room) -> Choice:
    """A room with its project."""
    return Choice(room.id, f"{room.name} · {room.project.title}")


def _result(session: OnboardingSession) -> DeployResult | None:
    """The newest outcome as the session keeps it; other programs write it too, so nothing about its shape is sure."""
    answer: Any = session.deploy_response
    if not isinstance(answer, dict):
        return None
    code, error = answer.get("status"), answer.get("error")
    return DeployResult(
        ok=answer.get("ok") is True,
        code=code if type(code) is int else None,
        error=str(error)[:PREVIEW] if error else None,
        at=session.deploy_triggered_at,
    )
