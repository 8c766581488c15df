"""The worker: PgQueuer's entry points, each of which calls one service.

Run with `python worker.py`. Any number of workers share the queue.
"""

import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar
from uuid import UUID

import psycopg
from pgqueuer import PgQueuer
from pgqueuer.db import PsycopgDriver
from pgqueuer.errors import FailingListenerError, RetryRequested
from pgqueuer.models import Job, Schedule
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError, OperationalError

from config import ConfigError, Settings, libpq_url
from embedded_database import ensure_database_url
from services import audit, queue, upkeep
from services.database import DbSession
from services.deploys.delivery import Delivery, NotYet, claim, record
from services.deploys.outcome import AttemptOutcome
from services.deploys.post import post
from services.engine import ENGINE_OPTIONS
from services.health import find_queue_faults
from services.permissions import WORKER

log = logging.getLogger("console.worker")

HEARTBEAT_TIMEOUT = timedelta(seconds=30)
"""After so long without a sign of life a worker's jobs are taken up by another."""
DATABASE_THREADS = 20
"""Transactions under way at once; each needs a connection of the pool."""
RECORD_WAIT_S = 0.5
"""How long to wait before an outcome is written again; short, since others take the attempt for lost after a while."""
RECONNECT_WAITS_S = (0.5, 1, 2, 5)
"""How long to wait before the database is tried again; the last is repeated."""

T = TypeVar("T")


def utc_now() -> datetime:
    return datetime.now(UTC)


class QueueDriver(PsycopgDriver):
    """PgQueuer's driver with a connection for listening and one for all else.

    On one connection each query waits for the listener to let go of it, up to a second: 600 deploys went out at
    20 a second over one connection and at 49 over two, in the same hour on the same 2 cores.
    """

    def __init__(self, queries: psycopg.AsyncConnection, listener: psycopg.AsyncConnection) -> None:
        super().__init__(listener)
        self._queries = PsycopgDriver(queries)

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        return await self._queries.fetch(query, *args)

    async def execute(self, query: str, *args: object) -> str:
        return await self._queries.execute(query, *args)

    async def notify(self, channel: str, payload: str) -> None:
        """Notify over the listener's connection, where it can't overtake a LISTEN that was sent before it."""
        await super().execute("SELECT pg_notify($1, $2)", channel, payload)


class DeliveryWorker:
    """Runs the services on behalf of the queue, each database step in a thread of its own."""

    def __init__(self, engine: Engine, random: Random | None = None) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(DATABASE_THREADS, thread_name_prefix="database")
        self._connected_at = utc_now()
        self._random = random or Random()  # noqa: S311 - jitter, not a secret

    async def deliver(self, job: Job) -> None:
        """Claim, POST and record one deploy."""
        deploy_id = _deploy_id(job)
        if deploy_id is None:
            log.error("Job %s names no deploy and is dropped.", job.id)
            return
        claimed = await self._transaction(
            lambda db: claim(db, deploy_id, now=utc_now(), connected_at=self._connected_at)
        )
        match claimed:
            case NotYet(wait):
                raise RetryRequested(delay=wait, reason="The deploy is not due.")
            case Delivery():
                outcome = await post(claimed, now=utc_now())
                await self._record(claimed, outcome)

    async def upkeep(self) -> None:
        """Fold the counters and find deploys that lost their job."""
        await self._transaction(upkeep.fold_metrics)
        found = await self._transaction(lambda db: upkeep.requeue_orphans(db, now=utc_now()))
        if found:
            log.warning("Queued %d deploys that had lost their job.", found)

    async def _record(self, delivery: Delivery, outcome: AttemptOutcome) -> None:
        """Write the outcome however long the database is away: the POST was made and must not be made again."""
        while True:
            try:
                verdict = await self._transaction(
                    lambda db: record(db, delivery, outcome, now=utc_now(), random=self._random)
                )
            except OperationalError as error:
                log.warning("The database is away (%s); the outcome is kept meanwhile.", type(error.orig).__name__)
                await asyncio.sleep(RECORD_WAIT_S)
            else:
                log.info(
                    "Deploy %s, attempt %d: %s in %d ms",
                    delivery.deploy_id,
                    delivery.attempt_number,
                    verdict.name if verdict else "nothing follows",
                    outcome.duration_ms,
                )
                return

    async def _transaction(self, act: Callable[[DbSession], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._in_transaction, act)

    def _in_transaction(self, act: Callable[[DbSession], T]) -> T:
        with DbSession(self._engine, expire_on_commit=False) as db, db.begin():
            audit.act_as(db, WORKER)
            return act(db)


def _deploy_id(job: Job) -> UUID | None:
    try:
        return UUID((job.payload or b"").decode())
    except ValueError:
        return None


async def run(database_url: str, *, concurrency: int, stopping: asyncio.Event) -> None:
    """Work until `stopping` is set, connecting anew whenever the database goes away."""
    engine = create_engine(database_url, **ENGINE_OPTIONS | {"pool_size": DATABASE_THREADS})
    tries = 0
    while not stopping.is_set():
        try:
            await _work(engine, database_url, concurrency, stopping)
            tries = 0
        except (psycopg.OperationalError, DBAPIError, OSError, FailingListenerError) as error:
            wait = RECONNECT_WAITS_S[min(tries, len(RECONNECT_WAITS_S) - 1)]
            tries += 1
            log.warning("The database is away (%s); trying again in %g s.", type(error).__name__, wait)
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), wait)
    engine.dispose()


def require_queue(database_url: str) -> None:
    """Raise where the queue's tables are missing; a database that is away is waited for later.

    Raises:
        ConfigError: says what is missing and what helps.
    """
    engine = create_engine(database_url, **ENGINE_OPTIONS)
    try:
        with DbSession(engine) as db:
            faults = find_queue_faults(db)
    except OperationalError:
        return
    finally:
        engine.dispose()
    if faults:
        raise ConfigError(f"{' '.join(faults)} Run `make migrate` first.")


async def _work(engine: Engine, database_url: str, concurrency: int, stopping: asyncio.Event) -> None:
    worker = DeliveryWorker(engine)
    async with (
        await _connect(database_url) as queries,
        await _connect(database_url) as listener,
    ):
        queuer = PgQueuer(QueueDriver(queries, listener))

        @queuer.entrypoint(queue.DELIVER)
        async def deliver(job: Job) -> None:
            await worker.deliver(job)

        @queuer.schedule("upkeep", "* * * * *")
        async def upkeep_schedule(schedule: Schedule) -> None:
            await worker.upkeep()

        stopper = asyncio.create_task(_stop(queuer, stopping))
        log.info("Working: up to %d POSTs at a time.", concurrency)
        try:
            await queuer.run(
                batch_size=min(10, concurrency // 2),
                max_concurrent_tasks=concurrency,
                dequeue_timeout=timedelta(seconds=10),
                heartbeat_timeout=HEARTBEAT_TIMEOUT,
                shutdown_on_listener_failure=True,
            )
        finally:
            stopper.cancel()


async def _connect(database_url: str) -> psycopg.AsyncConnection:
    return await psycopg.AsyncConnection.connect(libpq_url(database_url), autocommit=True, connect_timeout=5)


async def _stop(queuer: PgQueuer, stopping: asyncio.Event) -> None:
    await stopping.wait()
    queuer.shutdown.set()


async def main() -> None:
    """Read the settings and work until SIGTERM or SIGINT; what is under way is finished first."""
    settings = Settings.from_environment()
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    database_url = ensure_database_url(settings)
    require_queue(database_url)
    await run(database_url, concurrency=settings.deploy_concurrency, stopping=stopping)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs whole URLs, and a hook's URL is a secret
    try:
        asyncio.run(main())
    except ConfigError as error:
        sys.exit(str(error))
