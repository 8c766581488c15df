"""Onboarding sessions: a person's way through the survey wizard."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Json, TextEnum, created_at, one_of, updated_at, uuid_pk
from models.prompt_template import PromptTemplate
from models.user import User


class SessionStatus(StrEnum):
    DRAFT = "draft"
    COMPLETED = "completed"
    FAILED = "failed"


class OnboardingSession(Base):
    """One way through the wizard, from its first answer to its project or its failure."""

    __tablename__ = "onboarding_sessions"
    __table_args__ = (
        one_of("status", SessionStatus),
        Index("ix_onboarding_sessions_updated_at_id", text("updated_at DESC"), text("id DESC")),
        Index("ix_onboarding_sessions_status_updated_at", "status", text("updated_at DESC")),
        Index("ix_onboarding_sessions_user_id_updated_at", "user_id", text("updated_at DESC")),
        Index(
            "ix_onboarding_sessions_deploy_triggered_at",
            "deploy_triggered_at",
            "id",
            postgresql_where=text("deploy_triggered_at IS NOT NULL"),
        ),
    )

    id: Mapped[uuid_pk]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    purpose: Mapped[str | None]
    target_audience: Mapped[str | None]
    model_preference: Mapped[str | None]
    hosting_target: Mapped[str | None]
    api_provider: Mapped[str | None]
    api_key_last_four: Mapped[str | None]
    """All that is ever kept of the person's API key."""
    recommend_template_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("prompt_templates.id", ondelete="SET NULL"), index=True
    )
    status: Mapped[SessionStatus] = mapped_column(
        TextEnum(SessionStatus), default=SessionStatus.DRAFT, server_default="draft"
    )
    vercel_hook_url: Mapped[str | None]
    """A credential: mask it wherever it is shown."""
    deploy_triggered_at: Mapped[datetime | None]
    deploy_response: Mapped[Json | None]
    """The newest outcome: {status, ok, body} or {ok: false, error}; null while no hook was called."""
    survey: Mapped[Json] = mapped_column("metadata", default=dict, server_default=text("'{}'"))
    """The wizard's answers; the column is `metadata`, a name that SQLAlchemy keeps for itself."""
    created_at: Mapped[created_at]
    updated_at: Mapped[updated_at]

    user: Mapped[User] = relationship(lazy="raise_on_sql")
    template: Mapped[PromptTemplate | None] = relationship(lazy="raise_on_sql")

    def __str__(self) -> str:
        return self.purpose or f"Session {str(self.id)[:8]}"
