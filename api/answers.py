"""Answers as programs see them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import Field

from api.rows import AttemptRow, ConfigRow, DeployRow, MaskedUrl, ProjectRow, SessionRow
from api.schema import CamelShape, Shape
from models import DeployStatus

PREVIEW_LIMIT = 200
"""Characters of a response that the summary's log shows."""


class OnboardingTotals(Shape):
    """Sessions by status, of the whole table as far as the caller may see it."""

    draft: int
    completed: int
    failed: int


class ProjectTotals(Shape):
    """Projects by status, of the whole table as far as the caller may see it."""

    prompt_ready: int
    code_generated: int
    deploy_configured: int
    domain_ready: int


class ProjectWithConfig(Shape):
    """A project and how it is built, null where that was never said."""

    project: ProjectRow
    config: ConfigRow | None


class LogEntry(CamelShape):
    """One POST to a deploy hook."""

    session_id: UUID
    hook_url: MaskedUrl
    triggered_at: datetime
    ok: bool | None = Field(description="Null while the POST is under way.")
    status_code: int | None = Field(description="Null where no answer came.")
    body_preview: str | None = Field(max_length=PREVIEW_LIMIT, description="Other people's text.")
    error_message: str | None


class Summary(CamelShape):
    """What the console shows first."""

    onboarding_totals: OnboardingTotals
    project_totals: ProjectTotals
    recent_onboarding: list[SessionRow] = Field(max_length=10, description="Newest updated_at first.")
    recent_projects: list[ProjectWithConfig] = Field(max_length=10, description="Newest updated_at first.")
    deploy_log: list[LogEntry] = Field(max_length=15, description="Newest first.")
    generated_at: datetime


class DeployState(Shape):
    """A deploy, in short."""

    id: UUID
    status: DeployStatus


class DeployedSession(SessionRow):
    """The session's row, and beside it the deploy that was queued."""

    deploy: DeployState


class OneSession(Shape):
    """A session."""

    session: SessionRow


class OneDeploy(Shape):
    """A deploy and its attempts, the first one first."""

    deploy: DeployRow
    attempts: list[AttemptRow]


class ChangedProject(Shape):
    """The project as it is after the change."""

    success: Literal[True] = True
    project: ProjectRow


class Alive(Shape):
    """The process answers."""

    status: Literal["alive"] = "alive"


class Ready(Shape):
    """The console can do its work."""

    status: Literal["ready"] = "ready"
