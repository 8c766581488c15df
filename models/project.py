"""Projects: what a finished onboarding session becomes."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import (
    BY_BEGINNING,
    Base,
    Json,
    TextEnum,
    beginnings,
    created_at,
    one_of,
    trigrams,
    updated_at,
    uuid_pk,
)
from models.onboarding_session import OnboardingSession
from models.user import User


class ProjectStatus(StrEnum):
    """In their order: each is one step further than the one before."""

    PROMPT_READY = "prompt_ready"
    CODE_GENERATED = "code_generated"
    DEPLOY_CONFIGURED = "deploy_configured"
    DOMAIN_READY = "domain_ready"


class ComboType(StrEnum):
    ENTERPRISE = "enterprise"
    WEB = "web"
    APP = "app"
    CUSTOM = "custom"


class DeploymentTarget(StrEnum):
    VERCEL = "vercel"
    CONCEPT_AWS = "concept_aws"
    CONCEPT_NETLIFY = "concept_netlify"
    CONCEPT_EXPO = "concept_expo"


class Project(Base):
    """One product under way, from its prompt to its domain."""

    __tablename__ = "projects"
    __table_args__ = (
        one_of("status", ProjectStatus),
        one_of("combo_type", ComboType),
        Index("ix_projects_updated_at_id", text("updated_at DESC"), text("id DESC")),
        Index("ix_projects_status_updated_at", "status", text("updated_at DESC")),
        Index("ix_projects_owner_id_updated_at", "owner_id", text("updated_at DESC")),
        Index("ix_projects_combo_type_updated_at", "combo_type", text("updated_at DESC")),
        beginnings("projects", "title"),
        trigrams("projects", "title"),
        trigrams("projects", "description"),
        trigrams("projects", "stack"),
    )

    id: Mapped[uuid_pk]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    onboarding_session_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("onboarding_sessions.id", ondelete="SET NULL"), index=True
    )
    """The session that this project came out of; null for projects made elsewhere."""
    title: Mapped[str] = mapped_column(info=BY_BEGINNING)
    description: Mapped[str | None]
    combo_type: Mapped[ComboType] = mapped_column(
        TextEnum(ComboType), default=ComboType.CUSTOM, server_default="custom"
    )
    prompt_text: Mapped[str | None]
    stack: Mapped[str | None]
    status: Mapped[ProjectStatus] = mapped_column(
        TextEnum(ProjectStatus), default=ProjectStatus.PROMPT_READY, server_default="prompt_ready"
    )
    created_at: Mapped[created_at]
    updated_at: Mapped[updated_at]

    owner: Mapped[User] = relationship(lazy="raise_on_sql")
    session: Mapped[OnboardingSession | None] = relationship(lazy="raise_on_sql")
    config: Mapped["ProjectConfig | None"] = relationship(
        lazy="raise_on_sql", back_populates="project", passive_deletes=True
    )

    def __str__(self) -> str:
        return self.title


class ProjectConfig(Base):
    """How a project is built and where it goes; at most one a project."""

    __tablename__ = "project_configs"
    __table_args__ = (
        one_of("deployment_target", DeploymentTarget),
        Index("ix_project_configs_created_at_id", text("created_at DESC"), text("id DESC")),
        Index("ix_project_configs_deployment_target_created_at", "deployment_target", text("created_at DESC")),
        trigrams("project_configs", "build_command"),
        trigrams("project_configs", "output_dir"),
    )

    id: Mapped[uuid_pk]
    project_id: Mapped[UUID] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), unique=True)
    repo_url: Mapped[str | None]
    build_command: Mapped[str | None]
    output_dir: Mapped[str | None]
    env_config: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    deployment_target: Mapped[DeploymentTarget] = mapped_column(
        TextEnum(DeploymentTarget), default=DeploymentTarget.VERCEL, server_default="vercel"
    )
    created_at: Mapped[created_at]

    project: Mapped[Project] = relationship(lazy="raise_on_sql", back_populates="config")

    def __str__(self) -> str:
        return f"{self.deployment_target} configuration"
