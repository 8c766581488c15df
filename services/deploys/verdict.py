"""What follows from an attempt's outcome."""

from enum import Enum, auto

from models import ErrorKind
from services.deploys.outcome import AttemptOutcome

GONE = 410
TOO_MANY = 429
RETRIED_CODES = frozenset({408, 425, TOO_MANY})
FINAL_ERRORS = frozenset({ErrorKind.INVALID_URL, ErrorKind.EGRESS_REFUSED})


class Verdict(Enum):
    SUCCEEDED = auto()
    RETRY = auto()
    FINAL = auto()
    GONE = auto()
    """Final, and the hook is not to be called again."""

    @property
    def is_final(self) -> bool:
        """Whether no other attempt follows."""
        return self is not Verdict.RETRY


def judge(outcome: AttemptOutcome) -> Verdict:
    """Decide what an outcome means for its deploy.

    | outcome                                               | verdict   |
    |-------------------------------------------------------|-----------|
    | 2xx                                                   | succeeded |
    | 408, 425, 429, 5xx                                    | retry     |
    | no usable answer: resolve, connect, TLS, write, read, |           |
    | timeout, protocol; the worker was lost                | retry     |
    | 410                                                   | gone      |
    | other 4xx, 3xx, 1xx, and what is no HTTP status       | final     |
    | a URL that can't be called, refused egress            | final     |
    """
    if outcome.ok:
        return Verdict.SUCCEEDED
    if outcome.status_code is None:
        return Verdict.FINAL if outcome.error_kind in FINAL_ERRORS else Verdict.RETRY
    if outcome.status_code == GONE:
        return Verdict.GONE
    if outcome.status_code in RETRIED_CODES or 500 <= outcome.status_code <= 599:
        return Verdict.RETRY
    return Verdict.FINAL


def asks_for_patience(outcome: AttemptOutcome) -> bool:
    """Whether the host is too busy to be asked again soon: it timed out, or said so."""
    return outcome.status_code == TOO_MANY or outcome.error_kind is ErrorKind.TIMEOUT
