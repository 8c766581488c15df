"""How hard the workers may press: the knobs of delivery, as values."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from services.deploys.backoff import SCHEDULE_S


class Knobs(Protocol):
    """The settings that limit delivery."""

    @property
    def host_concurrency(self) -> int: ...
    @property
    def host_rate(self) -> int: ...
    @property
    def deploy_backoff_s(self) -> tuple[int, ...]: ...


@dataclass(frozen=True)
class BreakerLimits:
    """When a host's circuit opens and for how long, as Hystrix has it, with our figures."""

    share: float = 0.7
    """The share of failures at which it opens."""
    least: int = 10
    """Outcomes below which nothing is concluded."""
    window: timedelta = timedelta(minutes=5)
    """How far back outcomes count."""
    open_for: timedelta = timedelta(seconds=30)
    """After so long one POST tries whether the host answers again."""


@dataclass(frozen=True)
class Limits:
    """What one host may be asked for, by all workers together, and when a failed POST is tried again."""

    host_in_flight: int = 10
    """POSTs under way at once, where the host's own row does not say."""
    host_per_s: int = 50
    """POSTs a second, where the host's own row does not say."""
    schedule_s: tuple[int, ...] = SCHEDULE_S
    """Seconds before attempt 1, 2, …"""
    breaker: BreakerLimits = BreakerLimits()

    @classmethod
    def of(cls, settings: Knobs) -> "Limits":
        """The limits as the settings have them."""
        return cls(settings.host_concurrency, settings.host_rate, settings.deploy_backoff_s)
