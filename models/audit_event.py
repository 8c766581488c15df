"""Who did what to which record."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, Unmapped, mapped_column, unmapped_column

from models.base import BEGINNING, BY_BEGINNING, Base, Json, trigrams, uuid_pk
from models.live_notice import TransactionId

WRITTEN_AT = "CASE WHEN pg_current_xact_id() IS NOT NULL THEN clock_timestamp() END"
"""The clock, read once the transaction is sure to have its number."""


class AuditEvent(Base):
    """One act of a person, with the record before and after; rows are only ever added."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_at_id", text("at DESC"), text("id DESC")),
        Index("ix_audit_events_subject_id_at", "subject_id", text("at DESC")),
        Index("ix_audit_events_actor_at", text(f"substr(actor, 1, {BEGINNING})"), text("at DESC")),
        Index("ix_audit_events_tag_at", "tag", text("at DESC")),
        Index("ix_audit_events_xid", "xid"),
        trigrams("audit_events", "actor"),
        trigrams("audit_events", "tag"),
        trigrams("audit_events", "origin"),
    )

    id: Mapped[uuid_pk]
    at: Mapped[datetime] = mapped_column(server_default=text(WRITTEN_AT))
    """When it was written, which is after its transaction had its number: sealing relies on that."""
    actor_id: Mapped[UUID | None]
    """No foreign key: the history outlives the person."""
    actor: Mapped[str] = mapped_column(info=BY_BEGINNING)
    """The e-mail address at the time, or the program's name."""
    origin: Mapped[str | None]
    """Where the act came from: an IP address, `cli` or `worker`."""
    tag: Mapped[str]
    """`subject:action`, such as `deploy:retry`."""
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID | None]
    before: Mapped[Json | None]
    after: Mapped[Json | None]
    request_id: Mapped[str | None]
    """The request in which it was done, as error pages and logs name it."""
    xid: Unmapped[str | None] = unmapped_column(TransactionId(), server_default=text("pg_current_xact_id()"))
    """The transaction that wrote it, for sealing alone; null where it is older than the chain. It is no attribute."""
