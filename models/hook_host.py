"""What the workers share about the hosts that they POST to."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, uuid_pk


class HookHost(Base):
    """One host of deploy hooks, with its limits and its circuit breaker, as all workers see them."""

    __tablename__ = "hook_hosts"
    __table_args__ = (
        CheckConstraint("max_in_flight >= 1", name="max_in_flight"),
        CheckConstraint("max_per_s >= 1", name="max_per_s"),
    )

    host: Mapped[str] = mapped_column(primary_key=True)
    """As in `deploys.host`."""
    max_in_flight: Mapped[int | None]
    """POSTs under way at once, where the setting is not to count."""
    max_per_s: Mapped[int | None]
    """POSTs a second, where the setting is not to count."""
    served_at: Mapped[datetime | None]
    """When a worker last took a deploy of this host; who waited longest is served first."""
    rate_at: Mapped[datetime | None]
    """Up to when its POSTs a second are spent (a leaky bucket's level, as a time)."""
    open_until: Mapped[datetime | None]
    """Until when its circuit is open; then one POST tries whether it answers again; null while it is closed."""
    judged_from: Mapped[datetime | None]
    """Outcomes from here on count for its circuit: it was last closed then."""


class HostOutcomes(Base):
    """How many POSTs to a host ended well and badly within a few seconds; old ones are deleted."""

    __tablename__ = "host_outcomes"

    host: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
    """Where the few seconds begin."""
    succeeded: Mapped[int] = mapped_column(default=0, server_default="0")
    failed: Mapped[int] = mapped_column(default=0, server_default="0")


class DeliveryPause(Base):
    """A switch that somebody turned off: deploys wait, of one host or of all, until the row is deleted."""

    __tablename__ = "delivery_pauses"
    __table_args__ = (Index("uq_delivery_pauses_host", text("coalesce(host, '')"), unique=True),)

    id: Mapped[uuid_pk]
    host: Mapped[str | None]
    """Null where deliveries to all hosts are paused."""
    paused_at: Mapped[datetime]
    paused_by: Mapped[str]
    """The e-mail address of who did it."""
    reason: Mapped[str]


class GoneHook(Base):
    """A hook that answered 410 Gone and was not heard to work since."""

    __tablename__ = "gone_hooks"

    url_digest: Mapped[str] = mapped_column(primary_key=True)
    """As `deploys.hook_digest`: the URL itself is a credential."""
    host: Mapped[str]
    gone_at: Mapped[datetime]
    deploy_id: Mapped[UUID]
    """The deploy that found it gone. No foreign key: it is told even when the deploy is not there any more."""
