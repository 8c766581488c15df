"""Failures that look alike."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, TextEnum, one_of, uuid_pk


class FailureGroupStatus(StrEnum):
    """What people made of a group: not yet anything, put right, or not worth a look."""

    OPEN = "open"
    RESOLVED = "resolved"
    IGNORED = "ignored"


class FailureGroup(Base):
    """One cause of failures, as far as looks tell: attempts that failed with one fingerprint."""

    __tablename__ = "failure_groups"
    __table_args__ = (
        one_of("status", FailureGroupStatus),
        Index("ix_failure_groups_status_last_seen_at", "status", text("last_seen_at DESC")),
        Index("ix_failure_groups_last_seen_at_id", text("last_seen_at DESC"), text("id DESC")),
    )

    id: Mapped[uuid_pk]
    fingerprint: Mapped[str] = mapped_column(unique=True)
    """As in `deploy_attempts.fingerprint`; begins with the version of the rules that made it."""
    host: Mapped[str]
    phase: Mapped[str]
    """How far the POST got: an ErrorKind, or `status` where an answer came."""
    status_code: Mapped[int | None]
    shape: Mapped[str]
    """The answer, or what went wrong, with all that varies from attempt to attempt taken out. Other people's text."""
    status: Mapped[FailureGroupStatus] = mapped_column(
        TextEnum(FailureGroupStatus), default=FailureGroupStatus.OPEN, server_default="open"
    )
    status_at: Mapped[datetime | None]
    """When somebody last resolved, ignored or reopened it, or when it reopened by itself."""
    status_by: Mapped[str | None]
    """Who did; null where it reopened by itself."""
    reopened_at: Mapped[datetime | None]
    """When it came back after it had been resolved; null where it did not, or somebody dealt with it since."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    """Failed attempts in all."""
    sample_attempt_id: Mapped[UUID | None]
    """The newest of them. No foreign key: the attempt may go before the group does."""


class FailureGroupHour(Base):
    """How many attempts of a group failed within one hour."""

    __tablename__ = "failure_group_hours"

    group_id: Mapped[UUID] = mapped_column(ForeignKey("failure_groups.id", ondelete="CASCADE"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
