"""One act on many records, done by the worker."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, TextEnum, created_at, one_of, uuid_pk


class BulkJobStatus(StrEnum):
    """Where a bulk job stands. `halted`: it stopped by itself, and says why."""

    RUNNING = "running"
    CANCELLED = "cancelled"
    HALTED = "halted"
    FINISHED = "finished"


class BulkItemStatus(StrEnum):
    """What became of one record of a job.

    `skipped`: the act did not apply to it any more. `failed`: it did, and could not be done. Why is said of both.
    """

    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


class BulkJob(Base):
    """One act on a frozen selection of records, on behalf of one person."""

    __tablename__ = "bulk_jobs"
    __table_args__ = (
        one_of("status", BulkJobStatus),
        Index("ix_bulk_jobs_created_at_id", text("created_at DESC"), text("id DESC")),
        Index("ix_bulk_jobs_actor_id_created_at", "actor_id", text("created_at DESC")),
        Index("ix_bulk_jobs_running", "created_at", postgresql_where=text("status = 'running'")),
        Index("ix_bulk_jobs_undo_of", "undo_of", postgresql_where=text("undo_of IS NOT NULL")),
    )

    id: Mapped[uuid_pk]
    """What the form that confirmed it was given, so that a form which is sent twice makes one."""
    act: Mapped[str]
    """The act's name in `services.bulk.acts`, such as `deploy:retry`."""
    status: Mapped[BulkJobStatus] = mapped_column(
        TextEnum(BulkJobStatus), default=BulkJobStatus.RUNNING, server_default="running"
    )
    status_reason: Mapped[str | None]
    """Why it halted."""
    list_name: Mapped[str]
    """What the list is called on which the records were selected."""
    list_url: Mapped[str]
    """The path and query of that list, as it was filtered."""
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many records were selected."""
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    skipped: Mapped[int] = mapped_column(default=0, server_default="0")
    failed: Mapped[int] = mapped_column(default=0, server_default="0")
    undo_of: Mapped[UUID | None] = mapped_column(ForeignKey("bulk_jobs.id"))
    """The job that this one undoes; null where it does something."""
    retry_of: Mapped[UUID | None] = mapped_column(ForeignKey("bulk_jobs.id"))
    """The job whose failed records these are; null where they were selected on a list."""
    actor: Mapped[str]
    """The e-mail address of who confirmed it."""
    actor_id: Mapped[UUID]
    created_at: Mapped[created_at]
    began_at: Mapped[datetime | None]
    """When a worker took up its first records."""
    moved_at: Mapped[datetime | None]
    """When a worker was done with its newest ones."""
    ended_at: Mapped[datetime | None]

    @property
    def ended(self) -> int:
        """How many of its records have an outcome."""
        return self.done + self.skipped + self.failed

    @property
    def left(self) -> int:
        """How many have none: they wait, or, once the job is over, were left as they are."""
        return self.total - self.ended


class BulkItem(Base):
    """One record of a bulk job, and what became of it."""

    __tablename__ = "bulk_items"
    __table_args__ = (
        one_of("status", BulkItemStatus),
        Index("ix_bulk_items_job_id_status_position", "job_id", "status", "position"),
    )

    job_id: Mapped[UUID] = mapped_column(ForeignKey("bulk_jobs.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """In which order the records go, from 1; by their keys, so that two jobs take their locks in one order."""
    record_id: Mapped[str]
    """The record's primary key as text; no foreign key: its table depends on the act, and its outcome outlives it."""
    status: Mapped[BulkItemStatus] = mapped_column(
        TextEnum(BulkItemStatus), default=BulkItemStatus.WAITING, server_default="waiting"
    )
    reason: Mapped[str | None]
    """Why it was skipped, or failed."""
    event_id: Mapped[UUID | None]
    """The audit event of what was done, where that can be undone; in an undo, of what is to be."""
    ended_at: Mapped[datetime | None]
