"""Files that the worker makes of lists, kept for a while for who asked for them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, TextEnum, created_at, one_of, uuid_pk


class ExportStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED_EXPORTS = (ExportStatus.QUEUED, ExportStatus.RUNNING)
_UNFINISHED_SQL = ", ".join(f"'{status}'" for status in UNFINISHED_EXPORTS)


class Export(Base):
    """One file: what is to be in it, and how far it has come."""

    __tablename__ = "exports"
    __table_args__ = (
        one_of("status", ExportStatus),
        Index("ix_exports_owner_id_created_at", "owner_id", text("created_at DESC")),
        Index("ix_exports_unfinished", "created_at", postgresql_where=text(f"status IN ({_UNFINISHED_SQL})")),
    )

    id: Mapped[uuid_pk]
    owner_id: Mapped[UUID]
    """Who asked for it, and alone may have it."""
    title: Mapped[str]
    """The list's name."""
    address: Mapped[str]
    """The list's own, with the arguments that select its rows."""
    format: Mapped[str]
    zone: Mapped[str]
    fields: Mapped[list[str]]
    spec: Mapped[str]
    """The statement, signed by the console; holds no more than the asker might see."""
    status: Mapped[ExportStatus] = mapped_column(
        TextEnum(ExportStatus), default=ExportStatus.QUEUED, server_default="queued"
    )
    reason: Mapped[str | None]
    """Why it failed."""
    estimate: Mapped[int | None]
    """Rows that there were about, when it was asked for."""
    rows: Mapped[int] = mapped_column(default=0, server_default="0")
    size: Mapped[int] = mapped_column(default=0, server_default="0")
    """Bytes that are stored."""
    runs: Mapped[int] = mapped_column(default=0, server_default="0")
    """How often a worker began it; each run begins anew."""
    seen_at: Mapped[datetime | None]
    """When its worker was last heard of."""
    created_at: Mapped[created_at]
    ended_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    """When it is deleted."""


class ExportChunk(Base):
    """A part of a file, of at most 1 MiB."""

    __tablename__ = "export_chunks"

    export_id: Mapped[UUID] = mapped_column(ForeignKey("exports.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    """From 0."""
    data: Mapped[bytes]
