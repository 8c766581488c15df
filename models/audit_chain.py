"""The chain into which audit events are sealed, so that whoever rewrites history is found out."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Integer, LargeBinary, text
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.orm import Mapped, Unmapped, mapped_column, unmapped_column
from sqlalchemy.types import UserDefinedType

from models.base import Base
from models.live_notice import TransactionId


class Snapshot(UserDefinedType[str]):
    """PostgreSQL's pg_snapshot: which transactions had ended at a moment, as `xmin:xmax:those under way`."""

    cache_ok = True

    def get_col_spec(self, **options: Any) -> str:
        return "pg_snapshot"


ischema_names["pg_snapshot"] = Snapshot


class AuditLink(Base):
    """One sealed event at its place in the chain; rows are added by sealing and leave by retention."""

    __tablename__ = "audit_links"

    position: Mapped[int] = mapped_column(BigInteger(), primary_key=True, autoincrement=False)
    """From 1 on, without gaps, in the order of sealing."""
    event_id: Mapped[UUID] = mapped_column(unique=True)
    """No foreign key: that an event is missing is what the link has to show."""
    digest: Mapped[bytes] = mapped_column(LargeBinary())
    """SHA-256 of the link before, or, at the first of a seal, of the seal before, and of the event."""


class AuditSeal(Base):
    """Events that were sealed at once; rows are only ever added, and outlive their events."""

    __tablename__ = "audit_seals"

    seq: Mapped[int] = mapped_column(BigInteger(), primary_key=True, autoincrement=False)
    """From 1 on, without gaps, so that of two sealings at once only one can be the next."""
    first_position: Mapped[int] = mapped_column(BigInteger())
    last_position: Mapped[int] = mapped_column(BigInteger())
    sealed_at: Mapped[datetime]
    loaded: Mapped[bool]
    """Whether past events were loaded, which are older than the seal before."""
    horizon: Mapped[str] = mapped_column(TransactionId())
    """Every event of a transaction before this one was sealed by then."""
    ceiling: Mapped[str] = mapped_column(TransactionId())
    """The sealing's own transaction: those after it had written nothing before it began."""
    snapshot: Mapped[str | None] = mapped_column(Snapshot())
    """Which transactions were under way then; null where the seal is older than this column."""
    cluster: Mapped[int] = mapped_column(BigInteger())
    """The database server's identifier; another one counts transactions anew."""
    links_digest: Mapped[bytes] = mapped_column(LargeBinary())
    """The last link's."""
    digest: Mapped[bytes] = mapped_column(LargeBinary())
    """SHA-256 of the seal before and of this row."""


class AuditHead(Base):
    """How far the chain ever went: one row, which a trigger moves on when a seal is added, and nobody back."""

    __tablename__ = "audit_heads"
    __table_args__ = (CheckConstraint("is_one", name="is_one"),)

    is_one: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    """The key of which there is one."""
    seq: Mapped[int] = mapped_column(BigInteger())
    last_position: Mapped[int] = mapped_column(BigInteger())
    digest: Mapped[bytes] = mapped_column(LargeBinary())
    """That seal's."""


class AuditPurge(Base):
    """What retention removed: all seals' events up to one; rows are only ever added."""

    __tablename__ = "audit_purges"
    __table_args__ = (CheckConstraint("days >= 30", name="days"),)

    seq: Mapped[int] = mapped_column(BigInteger(), primary_key=True, autoincrement=False)
    """The last seal whose events are gone."""
    last_position: Mapped[int] = mapped_column(BigInteger())
    events: Mapped[int] = mapped_column(BigInteger())
    days: Mapped[int] = mapped_column(Integer())
    """How old these seals were at least."""
    purged_at: Mapped[datetime]
    event_id: Mapped[UUID]
    """The audit event of the removal."""
    xid: Unmapped[str] = unmapped_column(TransactionId(), server_default=text("pg_current_xact_id()"), nullable=False)
    """The removal's transaction, the only one that may delete these rows; no attribute."""
