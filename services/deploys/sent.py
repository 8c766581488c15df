"""What an attempt sent, told afterwards from what is stored of its deploy: requests themselves are not kept."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models import DeployAttempt
from services import curl
from services.deploys.delivery import Delivery
from services.deploys.message import fixed_headers, payload


@dataclass(frozen=True)
class SentRequest:
    """One POST as it was sent, without its secrets."""

    url: str
    """Masked."""
    headers: tuple[tuple[str, str], ...]
    """In the order in which they were sent; the signature is redacted."""
    body: dict[str, Any]
    """JSON. Its `timestamp` and the header `webhook-timestamp` are those of the attempt's beginning; what was sent may
    be a few milliseconds later."""

    @property
    def curl(self) -> str:
        """The request as a command."""
        return curl.command("POST", self.url, self.headers, self.body)


def request_of(attempt: DeployAttempt, *, project_id: UUID | None, signed: bool) -> SentRequest:
    """The request of an attempt, whose deploy is loaded.

    Args:
        project_id: the project of the deploy's session, which the body names.
        signed: whether workers have a secret to sign with.
    """
    deploy = attempt.deploy
    delivery = Delivery(
        deploy_id=deploy.id,
        attempt_id=attempt.id,
        attempt_number=attempt.attempt_number,
        hook_url=deploy.hook_masked,
        idempotency_key=deploy.idempotency_key,
        trigger=deploy.trigger,
        session_id=deploy.session_id,
        project_id=project_id,
        started_at=attempt.started_at,
    )
    stamps = [("webhook-id", deploy.idempotency_key), ("webhook-timestamp", str(int(attempt.started_at.timestamp())))]
    signature = [("webhook-signature", curl.REDACTED)] if signed else []
    return SentRequest(
        url=deploy.hook_masked,
        headers=(*fixed_headers(delivery).items(), *stamps, *signature),
        body=payload(delivery, attempt.started_at),
    )
