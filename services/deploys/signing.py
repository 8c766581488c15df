"""Signatures by the Standard Webhooks scheme, by which a receiver knows that a POST is ours, whole and recent."""

from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook


class Signer:
    """Signs with each of several secrets, so that a receiver may hold the old or the new one while they rotate.

    See https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        self._webhooks = tuple(Webhook(secret) for secret in secrets)

    def headers(self, message_id: str, body: bytes, *, at: datetime) -> dict[str, str]:
        """The headers of one attempt: its id and time, and one signature a secret, with spaces between them."""
        at = at.astimezone(UTC)
        headers = {"webhook-id": message_id, "webhook-timestamp": str(int(at.timestamp()))}
        if self._webhooks:
            signatures = (webhook.sign(message_id, at, body.decode()) for webhook in self._webhooks)
            headers["webhook-signature"] = " ".join(signatures)
        return headers
