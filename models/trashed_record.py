"""Deleted records that can still be put back."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, uuid_pk


class TrashedRecord(Base):
    """One deleted record with all that went with it; restoring it, or its time running out, deletes the row."""

    __tablename__ = "trashed_records"
    __table_args__ = (
        Index("ix_trashed_records_deleted_at_id", text("deleted_at DESC"), text("id DESC")),
        Index("ix_trashed_records_expires_at", "expires_at"),
    )

    id: Mapped[uuid_pk]
    kind: Mapped[str]
    """What the audit trail calls such records (`project`)."""
    table_name: Mapped[str]
    """As `regclass` writes it."""
    record_id: Mapped[str]
    """The record's key as text; the parts of one of several columns are parted by commas."""
    title: Mapped[str]
    """What the record was called."""
    permission: Mapped[str]
    """Who may delete such a record may see it here and restore it."""
    rows: Mapped[list[Any]] = mapped_column(JSONB)
    """[{table, row}], each row's columns as PostgreSQL writes them as text (null where there was none), in an order in
    which they can be inserted again. Holds secrets as the rows did: mask what is shown."""
    lost_references: Mapped[list[Any]] = mapped_column(JSONB)
    """[{table, key, values}]: rows that stayed and lost their reference, and what it was."""
    deleted_at: Mapped[datetime]
    deleted_by: Mapped[str]
    """The e-mail address of who deleted it, or the program's name."""
    actor_id: Mapped[UUID | None]
    """No foreign key: the trash outlives the person."""
    expires_at: Mapped[datetime]
    """When it is deleted for good."""

    def __str__(self) -> str:
        return self.title
