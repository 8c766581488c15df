"""What is sent to a hook, but for the signature."""

from datetime import datetime
from typing import Any

from services.deploys.delivery import Delivery


def fixed_headers(delivery: Delivery) -> dict[str, str]:
    """The headers of a delivery that are the same on each of its attempts."""
    return {
        "Content-Type": "application/json",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Connection": "close",
        "User-Agent": "operations-console/1",
        "Idempotency-Key": delivery.idempotency_key,
    }


def payload(delivery: Delivery, now: datetime) -> dict[str, Any]:
    """The JSON body of a delivery."""
    return {
        "type": "deploy.requested",
        "timestamp": now.isoformat(),
        "data": {
            "sessionId": str(delivery.session_id),
            "projectId": str(delivery.project_id) if delivery.project_id else None,
            "deployId": str(delivery.deploy_id),
            "attempt": delivery.attempt_number,
            "trigger": delivery.trigger.value,
        },
    }
