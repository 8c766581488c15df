"""What follows from an attempt, in words for people: why another one follows, or none."""

from models import DeployAttempt, ErrorKind
from services.deploys.outcome import AttemptOutcome
from services.deploys.verdict import GONE, RETRIED_CODES, TOO_MANY, Verdict, judge

_CODES = {
    408: "The host gave up waiting for the request, which may go better next time.",
    425: "The host did not want to take the request so early.",
    TOO_MANY: "The host was asked too often and wants to be left alone for a while.",
    GONE: "410 says that the hook is gone for good: it is not called again until it is replaced.",
}
_SILENCES = {
    ErrorKind.INVALID_URL: "The hook’s URL can’t be called, however often it is tried.",
    ErrorKind.EGRESS_REFUSED: "The settings do not permit calls to this address, however often it is tried.",
    ErrorKind.RESOLVE: "The host’s name was not found, which may pass.",
    ErrorKind.CONNECT: "No connection came about, which may pass.",
    ErrorKind.TLS: "No secure connection came about, which may pass.",
    ErrorKind.WRITE: "The connection broke while the request was sent, which may pass.",
    ErrorKind.READ: "The connection broke before an answer came. The hook may have taken the request all the same.",
    ErrorKind.TIMEOUT: "No answer came in time. The hook may have taken the request all the same.",
    ErrorKind.PROTOCOL: "What came back was no HTTP, which may pass.",
    ErrorKind.WORKER_LOST: "The worker that sent it was lost before it could write down what came back.",
}


def outcome_of(attempt: DeployAttempt) -> AttemptOutcome | None:
    """What an attempt came to; None while it is under way."""
    if attempt.duration_ms is None:
        return None
    return AttemptOutcome(
        duration_ms=attempt.duration_ms,
        status_code=attempt.status_code,
        error_kind=attempt.error_kind,
        error_message=attempt.error_message,
        response_excerpt=attempt.response_excerpt,
        retry_after_s=attempt.retry_after_s,
    )


def verdict_of(attempt: DeployAttempt) -> Verdict | None:
    """What an attempt's outcome means; None while it is under way."""
    outcome = outcome_of(attempt)
    return judge(outcome) if outcome else None


def reason(attempt: DeployAttempt) -> str:
    """Why the outcome is judged as it is, in a sentence or two."""
    outcome = outcome_of(attempt)
    if outcome is None:
        return "The request is under way."
    if outcome.ok:
        return "The hook took the request: a build was queued. Whether it succeeds is for the host to say."
    if outcome.status_code is None:
        return _SILENCES.get(outcome.error_kind or ErrorKind.PROTOCOL, "No usable answer came, which may pass.")
    return _of_code(outcome.status_code)


def _of_code(code: int) -> str:
    if words := _CODES.get(code):
        return words
    if 500 <= code <= 599 or code in RETRIED_CODES:
        return f"{code} is a failure on the host’s side, which may pass."
    if 300 <= code <= 399:
        return f"{code} leads elsewhere, and hooks are not followed to other addresses."
    return f"{code} does not pass by itself: the hook or its settings have to be put right first."
