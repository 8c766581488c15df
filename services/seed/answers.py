"""What deploy hooks answer in seeded history: the same kinds that the worker meets, in the same words."""

from dataclasses import dataclass

from models import ErrorKind
from services.deploys.outcome import AttemptOutcome

JOB_BODY = '{"job":{"id":"{id}","state":"PENDING","createdAt":{ms}}}'
"""What a build host answers; {id} and {ms} are filled in for each attempt."""

_UNAVAILABLE = """<!DOCTYPE html>
<html lang="en">
<head><title>503 Service Temporarily Unavailable</title>
<script>setTimeout(function () { location.reload(); }, 30000);</script></head>
<body>
<center><h1>503 Service Temporarily Unavailable</h1></center>
<p>Our build cluster is being maintained. We are back soon &amp; sorry for the wait.</p>
<hr><center>nginx</center>
</body>
</html>
"""
_GONE = '{"error":{"code":"not_found","message":"The requested deploy hook was not found."}}'
_LIMITED = '{"error":{"code":"rate_limited","message":"Too many deploys. Try again in 60 seconds."}}'


@dataclass(frozen=True)
class Answer:
    """One kind of outcome, and how long it takes to come, in milliseconds."""

    fastest_ms: int
    slowest_ms: int
    outcome: AttemptOutcome


def _answer(fastest_ms: int, slowest_ms: int, code: int, body: str, retry_after_s: int | None = None) -> Answer:
    outcome = AttemptOutcome(fastest_ms, status_code=code, response_excerpt=body, retry_after_s=retry_after_s)
    return Answer(fastest_ms, slowest_ms, outcome)


def _silence(fastest_ms: int, slowest_ms: int, kind: ErrorKind, message: str) -> Answer:
    return Answer(fastest_ms, slowest_ms, AttemptOutcome(fastest_ms, error_kind=kind, error_message=message))


ANSWERS = {
    "ok": _answer(80, 1_900, 201, JOB_BODY),
    "unavailable": _answer(40, 700, 503, _UNAVAILABLE),
    "gone": _answer(60, 400, 404, _GONE),
    "limited": _answer(30, 200, 429, _LIMITED, retry_after_s=60),
    "timeout": _silence(15_000, 15_040, ErrorKind.TIMEOUT, "No complete answer within 15 s."),
    "refused": _silence(1, 9, ErrorKind.CONNECT, "The connection could not be made: Connection refused."),
    "tls": _silence(20, 160, ErrorKind.TLS, "The TLS handshake failed (wrong version number)."),
    "reset": _silence(25, 2_400, ErrorKind.READ, "The connection was reset before an answer came."),
}
