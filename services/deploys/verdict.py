"""What follows from an attempt's outcome."""

from enum import Enum, auto

from models import ErrorKind
from services.deploys.outcome import AttemptOutcome

RETRIED_CODES = frozenset({408, 425, 429})


class Verdict(Enum):
    SUCCEEDED = auto()
    RETRY = auto()
    FINAL = auto()


def judge(outcome: AttemptOutcome) -> Verdict:
    """Decide what an outcome means for its deploy.

    | outcome                                             | verdict   |
    |-----------------------------------------------------|-----------|
    | 2xx                                                 | succeeded |
    | 408, 425, 429, 5xx                                  | retry     |
    | no answer: resolve, connect, TLS, write, read, time | retry     |
    | other 4xx, 3xx, 1xx                                 | final     |
    | a URL that can't be called                          | final     |
    """
    if outcome.ok:
        return Verdict.SUCCEEDED
    if outcome.status_code is None:
        return Verdict.FINAL if outcome.error_kind is ErrorKind.INVALID_URL else Verdict.RETRY
    if outcome.status_code in RETRIED_CODES or outcome.status_code >= 500:
        return Verdict.RETRY
    return Verdict.FINAL
