"""The limit that a worker is held against: as many POSTs by a bare httpx.AsyncClient, in a process of its own.

Run with `python -m bench.bare URL COUNT CONCURRENCY`; it prints the seconds that COUNT POSTs took.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID, uuid4

import httpx

from models import DeployTrigger
from services.deploys.delivery import Delivery
from services.deploys.message import payload

WARM_UP = 50
"""POSTs before the clock starts."""


async def post_all(url: str, count: int, concurrency: int) -> float:
    """The seconds from the first POST to the last answer."""
    limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency)
    async with httpx.AsyncClient(timeout=15, limits=limits, trust_env=False) as client:
        await _post(client, url, WARM_UP, concurrency)
        began = time.perf_counter()
        await _post(client, url, count, concurrency)
        return time.perf_counter() - began


async def _post(client: httpx.AsyncClient, url: str, count: int, concurrency: int) -> None:
    numbers = iter(range(count))
    content = body()
    await asyncio.gather(*(_post_some(client, url, content, numbers) for _ in range(concurrency)))


async def _post_some(client: httpx.AsyncClient, url: str, content: bytes, numbers: Iterable[int]) -> None:
    for _ in numbers:
        answer = await client.post(url, content=content, headers={"Content-Type": "application/json"})
        answer.raise_for_status()


def body() -> bytes:
    """What a worker sends, to the byte in length."""
    delivery = Delivery(
        deploy_id=uuid4(),
        attempt_id=uuid4(),
        attempt_number=1,
        hook_url="",
        idempotency_key="",
        trigger=DeployTrigger.API,
        session_id=UUID(int=0),
        project_id=None,
        started_at=datetime.now(UTC),
    )
    return json.dumps(payload(delivery, delivery.started_at)).encode()


if __name__ == "__main__":
    print(asyncio.run(post_all(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
