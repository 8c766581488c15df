"""Rows as programs see them: the columns' own names, times in UTC, and no secret unmasked."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from pydantic import ConfigDict, Field, WithJsonSchema
from sqlalchemy import inspect

from api.schema import Shape
from models import (
    Base,
    ComboType,
    Deploy,
    DeployAttempt,
    DeploymentTarget,
    DeployStatus,
    DeployTrigger,
    ErrorKind,
    OnboardingSession,
    Project,
    ProjectConfig,
    ProjectStatus,
    SessionStatus,
)
from services.deploys import mask
from services.secrets import HIDDEN, without_credentials, without_secrets, without_values

StoredObject = Annotated[Any, WithJsonSchema({"type": "object", "additionalProperties": True})]
MaskedUrl = Annotated[str, Field(description="Scheme, host and at most the last four characters: it is a credential.")]


class SessionRow(Shape):
    """A row of onboarding_sessions."""

    model_config = ConfigDict(title="onboarding_sessions")

    id: UUID
    user_id: UUID
    purpose: str | None
    target_audience: str | None
    model_preference: str | None
    hosting_target: str | None
    api_provider: str | None
    api_key_last_four: str | None
    recommend_template_id: UUID | None
    status: SessionStatus
    vercel_hook_url: MaskedUrl | None
    deploy_triggered_at: datetime | None
    deploy_response: StoredObject | None = Field(
        description="The newest outcome: {status, ok, body}, or {ok: false, error}; null while no hook was called."
    )
    metadata: StoredObject = Field(
        description="The survey's answers. Hooks, tokens, keys and passwords are masked; for viewers, each answer is."
    )
    created_at: datetime
    updated_at: datetime


class ProjectRow(Shape):
    """A row of projects."""

    model_config = ConfigDict(title="projects")

    id: UUID
    owner_id: UUID
    onboarding_session_id: UUID | None
    title: str
    description: str | None
    combo_type: ComboType
    prompt_text: str | None
    stack: str | None
    status: ProjectStatus
    created_at: datetime
    updated_at: datetime = Field(description="The version; as an entity tag it guards a change (If-Match).")


class ConfigRow(Shape):
    """A row of project_configs."""

    model_config = ConfigDict(title="project_configs")

    id: UUID
    project_id: UUID
    repo_url: str | None = Field(description="Without user name and password.")
    build_command: str | None
    output_dir: str | None
    env_config: StoredObject = Field(description=f"Each name with {HIDDEN} for its value, which nobody is shown.")
    deployment_target: DeploymentTarget
    created_at: datetime


class DeployRow(Shape):
    """A row of deploys."""

    model_config = ConfigDict(title="deploys")

    id: UUID
    session_id: UUID
    trigger: DeployTrigger
    hook_url: MaskedUrl
    host: str
    idempotency_key: str
    status: DeployStatus
    next_attempt_at: datetime | None
    first_attempt_number: int
    fingerprint: str | None = Field(description="What its newest failed attempt looked like; the failure group's.")
    actor: str | None = Field(description="Who asked for it; addresses of others are masked for viewers and members.")
    created_at: datetime
    updated_at: datetime


class AttemptRow(Shape):
    """A row of deploy_attempts."""

    model_config = ConfigDict(title="deploy_attempts")

    id: UUID
    deploy_id: UUID
    attempt_number: int
    started_at: datetime
    duration_ms: int | None = Field(description="Milliseconds; null while the POST is under way.")
    status_code: int | None
    error_kind: ErrorKind | None
    error_message: str | None
    response_excerpt: str | None = Field(description="At most 2,000 characters of other people's text.")
    retry_after_s: int | None
    fingerprint: str | None
    ok: bool | None


def session_row(session: OnboardingSession) -> SessionRow:
    fields = _columns(session)
    fields["vercel_hook_url"] = _masked(session.vercel_hook_url)
    fields |= {name: without_secrets(fields[name]) for name in ("metadata", "deploy_response")}
    return SessionRow(**fields)


def project_row(project: Project) -> ProjectRow:
    return ProjectRow(**_columns(project))


def config_row(config: ProjectConfig | None) -> ConfigRow | None:
    if config is None:
        return None
    fields = _columns(config)
    fields["repo_url"] = config.repo_url and without_credentials(config.repo_url)
    fields["env_config"] = without_values(fields["env_config"])
    return ConfigRow(**fields)


def deploy_row(deploy: Deploy) -> DeployRow:
    fields = {name: getattr(deploy, name) for name in DeployRow.model_fields if name != "hook_url"}
    return DeployRow(**fields, hook_url=deploy.hook_masked)


def attempt_row(attempt: DeployAttempt) -> AttemptRow:
    return AttemptRow(**_columns(attempt))


def _columns(record: Base) -> dict[str, Any]:
    """The record's values under the names that its columns have in the database."""
    return {name: getattr(record, key) for name, key in _names(type(record))}


@cache
def _names(model: type[Base]) -> Sequence[tuple[str, str]]:
    """The columns' names in the database, and those of the attributes that hold their values."""
    return [(attribute.columns[0].name, attribute.key) for attribute in inspect(model).column_attrs]


def _masked(url: str | None) -> str | None:
    return None if url is None else mask(url)
