"""The history of statuses, written by triggers whoever changes the row."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import PrimaryKeyConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, TextEnum


class SubjectKind(StrEnum):
    """What a history row or an event is about."""

    SESSION = "session"
    PROJECT = "project"


class StatusChange(Base):
    """One transition of one session or project."""

    __tablename__ = "status_changes"
    __table_args__ = (PrimaryKeyConstraint("subject_id", "at", "id"),)

    id: Mapped[UUID] = mapped_column(server_default=func.gen_random_uuid())
    subject_kind: Mapped[SubjectKind] = mapped_column(TextEnum(SubjectKind))
    """Unchecked: only triggers write rows, and a check takes longer than to write one."""
    subject_id: Mapped[UUID]
    """No foreign key: the history outlives what it tells of."""
    from_status: Mapped[str | None]
    """Null for the row's first status."""
    to_status: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str | None]
    """Who changed it, where the writer said so; null for other programs."""
