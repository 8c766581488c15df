"""One POST for the length of a test, by a Poster that may call this machine."""

import asyncio
from datetime import datetime
from typing import Any
from uuid import uuid4

from models import DeployTrigger
from services.deploys.delivery import Delivery
from services.deploys.egress import EgressPolicy
from services.deploys.outcome import AttemptOutcome
from services.deploys.post import Poster
from tests.conftest import NOW

LOOPBACK_OPEN = EgressPolicy.of(allow=[("127.0.0.0/8", None), ("::1", None)])
"""The egress policy of tests, whose servers are on loopback."""


def delivery_to(url: str, **changes: Any) -> Delivery:
    """An attempt that was claimed."""
    values = {
        "deploy_id": uuid4(),
        "attempt_id": uuid4(),
        "attempt_number": 3,
        "hook_url": url,
        "idempotency_key": "deploy_0123",
        "trigger": DeployTrigger.OPERATOR,
        "session_id": uuid4(),
        "project_id": None,
        "started_at": NOW,
    }
    return Delivery(**values | changes)


def send(
    url: str,
    *,
    now: datetime = NOW,
    egress: EgressPolicy = LOOPBACK_OPEN,
    delivery: Delivery | None = None,
    **options: Any,
) -> AttemptOutcome:
    """What one POST comes to; `options` are Poster's."""
    return asyncio.run(Poster(egress, **options).post(delivery or delivery_to(url), now=now))
