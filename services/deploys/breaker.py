"""The circuit breaker of a host: pure decisions about when it is left alone and when it is tried again."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models import ErrorKind
from services.deploys.limits import BreakerLimits
from services.deploys.outcome import AttemptOutcome
from services.deploys.verdict import Verdict, judge

NOT_THE_HOSTS = frozenset({ErrorKind.WORKER_LOST, ErrorKind.INVALID_URL, ErrorKind.EGRESS_REFUSED})
"""Errors of which the host knows nothing."""


class CircuitState(StrEnum):
    """Whether a host is POSTed to. `half_open`: by one POST at a time, which decides."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True)
class Circuit:
    """What is kept of a host's circuit."""

    open_until: datetime | None = None
    """Null while it is closed."""
    judged_from: datetime | None = None
    """Outcomes from here on count: it was last closed then."""

    def state(self, now: datetime) -> CircuitState:
        if self.open_until is None:
            return CircuitState.CLOSED
        return CircuitState.OPEN if now < self.open_until else CircuitState.HALF_OPEN


@dataclass(frozen=True)
class Tally:
    """How many POSTs ended well and badly."""

    succeeded: int = 0
    failed: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.succeeded + other.succeeded, self.failed + other.failed)

    @property
    def total(self) -> int:
        return self.succeeded + self.failed


def tally(outcome: AttemptOutcome) -> Tally:
    """How an outcome counts for its host: badly where it is one that is tried again.

    A final refusal such as 404 is about one hook among the many of its host, which works.
    """
    if outcome.error_kind in NOT_THE_HOSTS:
        return Tally()
    return Tally(failed=1) if judge(outcome) is Verdict.RETRY else Tally(succeeded=1)


def after(circuit: Circuit, latest: Tally, window: Tally, *, now: datetime, limits: BreakerLimits) -> Circuit:
    """The circuit once some POSTs have ended.

    Args:
        latest: those that ended just now.
        window: all that count, these among them.
    """
    match circuit.state(now):
        case CircuitState.OPEN:
            return circuit  # what was under way when it opened says nothing new
        case CircuitState.HALF_OPEN:
            if latest.failed:
                return Circuit(now + limits.open_for, circuit.judged_from)
            return Circuit(None, now) if latest.succeeded else circuit
        case CircuitState.CLOSED:
            opens = window.total >= limits.least and window.failed >= limits.share * window.total
            return Circuit(now + limits.open_for, circuit.judged_from) if opens else circuit
