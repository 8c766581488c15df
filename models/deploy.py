"""Deploys and their attempts: what was asked of a deploy hook, and what it answered."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, TextEnum, created_at, one_of, updated_at, uuid_pk
from models.onboarding_session import OnboardingSession


class DeployTrigger(StrEnum):
    """From where the deploy was asked for; who asked is in the audit trail.

    `wizard`: a wizard that was finished. `operator`: the console, by whoever may, so a member's own retry too.
    `recovery`: a recovery of many deploys. `api`: a program.
    """

    WIZARD = "wizard"
    OPERATOR = "operator"
    RECOVERY = "recovery"
    API = "api"


class DeployStatus(StrEnum):
    QUEUED = "queued"
    IN_FLIGHT = "in_flight"
    RETRY_SCHEDULED = "retry_scheduled"
    SUCCEEDED = "succeeded"
    DEAD_LETTERED = "dead_lettered"
    CANCELLED = "cancelled"

    @property
    def is_live(self) -> bool:
        """Whether a POST is still to come or under way."""
        return self in LIVE_STATUSES


LIVE_STATUSES = (DeployStatus.QUEUED, DeployStatus.IN_FLIGHT, DeployStatus.RETRY_SCHEDULED)
WAITING_STATUSES = (DeployStatus.QUEUED, DeployStatus.RETRY_SCHEDULED)
_LIVE_SQL = ", ".join(f"'{status}'" for status in LIVE_STATUSES)
_WAITING_SQL = ", ".join(f"'{status}'" for status in WAITING_STATUSES)


class ErrorKind(StrEnum):
    """Why no usable answer came."""

    INVALID_URL = "invalid_url"
    EGRESS_REFUSED = "egress_refused"
    RESOLVE = "resolve"
    CONNECT = "connect"
    TLS = "tls"
    WRITE = "write"
    READ = "read"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"
    WORKER_LOST = "worker_lost"


class Deploy(Base):
    """One request to call a session's deploy hook, kept until it succeeds or is given up."""

    __tablename__ = "deploys"
    __table_args__ = (
        one_of("status", DeployStatus),
        one_of("trigger", DeployTrigger),
        CheckConstraint(f"next_attempt_at IS NOT NULL OR status NOT IN ({_WAITING_SQL})", name="next_attempt_at"),
        Index("uq_deploys_live_session", "session_id", unique=True, postgresql_where=text(f"status IN ({_LIVE_SQL})")),
        Index("ix_deploys_session_id_created_at", "session_id", text("created_at DESC")),
        Index("ix_deploys_status_created_at", "status", text("created_at DESC")),
        Index("ix_deploys_host_created_at", "host", text("created_at DESC")),
        Index(
            "ix_deploys_next_attempt_at", "next_attempt_at", "id", postgresql_where=text("next_attempt_at IS NOT NULL")
        ),
        Index("ix_deploys_hook_digest", "hook_digest"),
        Index("ix_deploys_created_at_id", text("created_at DESC"), text("id DESC")),
        Index(
            "ix_deploys_waiting",
            "host",
            "next_attempt_at",
            "id",
            postgresql_where=text(f"status IN ({_WAITING_SQL})"),
        ),
        Index("ix_deploys_in_flight", "host", postgresql_where=text("status = 'in_flight'")),
        Index(
            "ix_deploys_fingerprint_status", "fingerprint", "status", postgresql_where=text("fingerprint IS NOT NULL")
        ),
    )

    id: Mapped[uuid_pk]
    session_id: Mapped[UUID] = mapped_column(ForeignKey("onboarding_sessions.id", ondelete="CASCADE"))
    trigger: Mapped[DeployTrigger] = mapped_column(TextEnum(DeployTrigger))
    hook_sealed: Mapped[str] = mapped_column(deferred=True)
    """Where to POST, settled at the request: a credential, so encrypted. `services.deploys.sealing` opens it."""
    hook_key: Mapped[str]
    """Which key opens it."""
    hook_digest: Mapped[str]
    """A keyed hash of the URL, the same for the same URL: what it is found by."""
    hook_masked: Mapped[str]
    """The URL as it may be shown: scheme, host and the last four characters."""
    host: Mapped[str]
    """The hook's host, with its port where that is no usual one: what limits, pauses and the circuit breaker go by."""
    idempotency_key: Mapped[str] = mapped_column(unique=True)
    """The same on every attempt, so that a receiver can tell a repeat from a second deploy."""
    status: Mapped[DeployStatus] = mapped_column(
        TextEnum(DeployStatus), default=DeployStatus.QUEUED, server_default="queued"
    )
    next_attempt_at: Mapped[datetime | None]
    """When the worker may POST again; null while it POSTs and once the status is final."""
    first_attempt_number: Mapped[int] = mapped_column(default=1, server_default="1")
    """The attempt at which the back-off schedule began, or began anew after a retry by hand."""
    fingerprint: Mapped[str | None]
    """What its newest failed attempt looked like; null where none failed, and once it succeeded."""
    actor: Mapped[str | None]
    """The e-mail address of who asked; null for the wizard of another program."""
    created_at: Mapped[created_at]
    updated_at: Mapped[updated_at]

    session: Mapped[OnboardingSession] = relationship(lazy="raise_on_sql")
    attempts: Mapped[list["DeployAttempt"]] = relationship(
        lazy="raise_on_sql", back_populates="deploy", order_by="DeployAttempt.attempt_number", passive_deletes=True
    )

    def __str__(self) -> str:
        return f"Deploy {str(self.id)[:8]}"


class DeployAttempt(Base):
    """One POST; the row is written before it is sent and completed when it ends."""

    __tablename__ = "deploy_attempts"
    __table_args__ = (
        one_of("error_kind", ErrorKind),
        UniqueConstraint("deploy_id", "attempt_number"),
        CheckConstraint("attempt_number >= 1", name="attempt_number"),
        Index("ix_deploy_attempts_started_at_id", text("started_at DESC"), text("id DESC")),
        Index(
            "ix_deploy_attempts_failed_started_at",
            text("started_at DESC"),
            text("id DESC"),
            postgresql_where=text("NOT ok"),
        ),
        Index(
            "ix_deploy_attempts_open_started_at",
            text("started_at DESC"),
            text("id DESC"),
            postgresql_where=text("ok IS NULL"),
        ),
        Index(
            "ix_deploy_attempts_fingerprint_started_at",
            "fingerprint",
            text("started_at DESC"),
            postgresql_where=text("fingerprint IS NOT NULL"),
        ),
    )

    id: Mapped[uuid_pk]
    deploy_id: Mapped[UUID] = mapped_column(ForeignKey("deploys.id", ondelete="CASCADE"))
    attempt_number: Mapped[int]
    """1 for the first POST of the deploy."""
    started_at: Mapped[datetime]
    duration_ms: Mapped[int | None]
    """Milliseconds from the POST to the verdict; null while it is under way."""
    status_code: Mapped[int | None]
    error_kind: Mapped[ErrorKind | None] = mapped_column(TextEnum(ErrorKind))
    error_message: Mapped[str | None]
    response_excerpt: Mapped[str | None]
    """The first 2,000 characters of the answer, control characters removed. Other people's text."""
    retry_after_s: Mapped[int | None]
    """What the answer's Retry-After header asked for, in seconds."""
    fingerprint: Mapped[str | None]
    """What its failure looked like, so that failures alike are one group; null where it did not fail."""
    ok: Mapped[bool | None] = mapped_column(
        Computed(
            "CASE WHEN duration_ms IS NOT NULL THEN coalesce(status_code BETWEEN 200 AND 299, false) END",
            persisted=True,
        )
    )
    """Whether the hook took the request; null while the POST is under way."""

    deploy: Mapped[Deploy] = relationship(lazy="raise_on_sql", back_populates="attempts")

    def __str__(self) -> str:
        return f"Attempt {self.attempt_number}"
