"""Which failures look alike: host, phase, status code and the shape of the answer, as one short text."""

import re
from dataclasses import dataclass
from hashlib import blake2b

from models import ErrorKind
from services.deploys.outcome import AttemptOutcome
from services.deploys.placeholders import normalise
from services.deploys.shape import shape_of

VERSION = 1
"""Of the rules. Raise it with any change that gives a known failure another fingerprint: its old group ends there."""
_IN_BRACKETS = re.compile(r" \([^()]*\)")
ANSWERED = "status"
"""The phase of a failure that came with an answer; that of any other is its ErrorKind."""


@dataclass(frozen=True)
class Likeness:
    """What one failure has in common with all that are alike."""

    fingerprint: str
    """The version of the rules, a colon, and 24 hexadecimal digits of all below."""
    host: str
    phase: str
    status_code: int | None
    shape: str
    """At most 300 characters. Other people's text."""


def likeness(host: str, outcome: AttemptOutcome) -> Likeness | None:
    """What an outcome has in common with others like it; None where it is no failure.

    Args:
        host: as in `deploys.host`.
    """
    if outcome.ok:
        return None
    if outcome.status_code is None:
        phase, shape = str(outcome.error_kind or ErrorKind.PROTOCOL), _silence(outcome)
    else:
        phase, shape = ANSWERED, shape_of(outcome.response_excerpt or "")
    return of_parts(host, phase, outcome.status_code, shape)


def _silence(outcome: AttemptOutcome) -> str:
    """What went wrong, without OpenSSL's words in brackets, which differ with its version, and so between workers."""
    message = outcome.error_message or ""
    return normalise(_IN_BRACKETS.sub("", message) if outcome.error_kind is ErrorKind.TLS else message)


def of_parts(host: str, phase: str, status_code: int | None, shape: str) -> Likeness:
    """The likeness that consists of these."""
    parts = "\x1f".join((host, phase, str(status_code or ""), shape))
    digest = blake2b(parts.encode("utf-8", "replace"), digest_size=12).hexdigest()
    return Likeness(f"{VERSION}:{digest}", host, phase, status_code, shape)
