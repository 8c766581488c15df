"""What one POST came to."""

from dataclasses import dataclass
from typing import Any

from models import ErrorKind

EXCERPT_LIMIT = 2_000
"""Characters of an answer that are kept."""


@dataclass(frozen=True)
class AttemptOutcome:
    """The result of one POST: an answer, or the reason why there was none."""

    duration_ms: int
    status_code: int | None = None
    error_kind: ErrorKind | None = None
    error_message: str | None = None
    response_excerpt: str | None = None
    retry_after_s: int | None = None

    @property
    def ok(self) -> bool:
        """Whether the hook took the request: a build was queued, not that it succeeded."""
        return self.status_code is not None and 200 <= self.status_code <= 299

    def as_deploy_response(self) -> dict[str, Any]:
        """The shape that `onboarding_sessions.deploy_response` has."""
        if self.status_code is None:
            return {"ok": False, "error": self.error_message or "No answer came."}
        return {"status": self.status_code, "ok": self.ok, "body": self.response_excerpt or ""}
