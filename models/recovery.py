"""Replaying many deploys at once."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Json, TextEnum, created_at, one_of, uuid_pk
from models.deploy import Deploy


class RecoveryStatus(StrEnum):
    """Where a recovery stands. `halted`: it stopped by itself, and says why."""

    RUNNING = "running"
    PAUSED = "paused"
    HALTED = "halted"
    ABORTED = "aborted"
    FINISHED = "finished"

    @property
    def holds(self) -> bool:
        """Whether its deploys that wait are still its own."""
        return self in (RecoveryStatus.RUNNING, RecoveryStatus.PAUSED, RecoveryStatus.HALTED)


class RecoveryItemStatus(StrEnum):
    """What became of one deploy of a recovery. `skipped`: it was not queued, and why is said."""

    WAITING = "waiting"
    QUEUED = "queued"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"


HELD_STATUSES = (RecoveryItemStatus.WAITING, RecoveryItemStatus.QUEUED)
"""Those in which a deploy is its recovery's own."""
_HELD_SQL = ", ".join(f"'{status}'" for status in HELD_STATUSES)


class Recovery(Base):
    """One replay of many dead-lettered deploys, a frozen selection that goes out in waves."""

    __tablename__ = "recoveries"
    __table_args__ = (
        one_of("status", RecoveryStatus),
        CheckConstraint("halt_share > 0 AND halt_share <= 1", name="halt_share"),
        Index("ix_recoveries_created_at_id", text("created_at DESC"), text("id DESC")),
        Index("ix_recoveries_open", "created_at", postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[uuid_pk]
    status: Mapped[RecoveryStatus] = mapped_column(
        TextEnum(RecoveryStatus), default=RecoveryStatus.RUNNING, server_default="running"
    )
    selection: Mapped[Json]
    """The filter that chose the deploys, for people to read; the rows of `recovery_items` are what counts."""
    halt_share: Mapped[float]
    """The share of a wave's deploys, over 0 to 1, whose failure halts the recovery."""
    wave: Mapped[int] = mapped_column(default=1, server_default="1")
    """The wave under way, from 1."""
    status_reason: Mapped[str | None]
    """Why it halted, or was paused or aborted."""
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    """How many deploys were chosen."""
    fingerprints: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    """All that its deploys' failures looked like when they were chosen; meeting one of them again halts it."""
    accepted_fingerprints: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    """Those that halted it and that somebody went on with anyway; by themselves they don't halt it again."""
    judged_after: Mapped[datetime | None]
    """Outcomes after this one are judged: it was the newest when somebody went on after a halt; null without one."""
    tally: Mapped[Json | None]
    """How many of its deploys came to what, by item status; null until it ended."""
    actor: Mapped[str]
    """The e-mail address of who started it."""
    actor_id: Mapped[UUID | None]
    created_at: Mapped[created_at]
    ended_at: Mapped[datetime | None]
    """When its last deploy had an outcome, or was let go; null while any of them waits or is under way."""


class RecoveryItem(Base):
    """One deploy of a recovery, and what became of it."""

    __tablename__ = "recovery_items"
    __table_args__ = (
        one_of("status", RecoveryItemStatus),
        Index(
            "uq_recovery_items_held_deploy",
            "deploy_id",
            unique=True,
            postgresql_where=text(f"status IN ({_HELD_SQL})"),
        ),
        Index("ix_recovery_items_deploy_id", "deploy_id"),
        Index("ix_recovery_items_recovery_id_wave_status", "recovery_id", "wave", "status"),
        Index("ix_recovery_items_recovery_id_position", "recovery_id", "position"),
        Index(
            "ix_recovery_items_waiting",
            "recovery_id",
            "wave",
            "host",
            "position",
            postgresql_where=text("status = 'waiting'"),
        ),
        Index(
            "ix_recovery_items_ended",
            "recovery_id",
            "wave",
            text("ended_at DESC"),
            postgresql_where=text("status IN ('succeeded', 'failed')"),
        ),
    )

    recovery_id: Mapped[UUID] = mapped_column(ForeignKey("recoveries.id", ondelete="CASCADE"), primary_key=True)
    deploy_id: Mapped[UUID] = mapped_column(ForeignKey("deploys.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    """In which order the deploys go, from 1."""
    host: Mapped[str] = mapped_column(default="", server_default="")
    """The deploy's, so that a slow host holds up none but its own."""
    wave: Mapped[int]
    status: Mapped[RecoveryItemStatus] = mapped_column(
        TextEnum(RecoveryItemStatus), default=RecoveryItemStatus.WAITING, server_default="waiting"
    )
    fingerprint: Mapped[str | None]
    """What the deploy's failure looked like when it was chosen."""
    met_fingerprint: Mapped[str | None]
    """What its failure looked like this time; null where it did not fail."""
    attempt_number: Mapped[int | None]
    """The attempt that decides: the first one after it was queued; null until then."""
    reason: Mapped[str | None]
    """Why it was skipped."""
    ended_at: Mapped[datetime | None]

    deploy: Mapped[Deploy] = relationship(lazy="raise_on_sql")
    recovery: Mapped[Recovery] = relationship(lazy="raise_on_sql")
