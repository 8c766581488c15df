"""The dispatcher: claims deploys that are due, POSTs them and records what came of it, until it is told to stop."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services import audit, database_roles
from services.database import DbSession
from services.database_roles import WORKING, Standing
from services.deploys.claim import claim
from services.deploys.delivery import Delivery, Ended
from services.deploys.limits import Limits
from services.deploys.lost import close_lost
from services.deploys.outcome import AttemptOutcome
from services.deploys.record import record
from services.permissions import WORKER

log = logging.getLogger("console.worker")

DATABASE_THREADS = 5
"""Transactions under way at once: a claim, a record, upkeep; each needs a connection of the pool."""
POLL_S = 1.0
"""How often to look without having been woken: deploys come due, limits refill, circuits half-open."""
GATHER_S = 0.02
"""How long outcomes and free places gather, so that one transaction serves many."""
RECORDED_AT_ONCE = 200
RETRY_S = 0.5
"""How long to wait before the database is asked again; short, since others take attempts for lost after a while."""
DATABASE_ERRORS = (DBAPIError, PoolTimeoutError)
PASSING_ERRORS = (OperationalError, InterfaceError, PoolTimeoutError)
"""What the database may do better the next time: it is away, or too busy, or two were in each other's way."""

T = TypeVar("T")


class Dispatcher:
    """Keeps up to `concurrency` POSTs under way, each database step in a thread of its own."""

    def __init__(
        self,
        engine: Engine,
        post: Callable[[Delivery], Awaitable[AttemptOutcome]],
        *,
        concurrency: int,
        limits: Limits,
        random: Random | None = None,
    ) -> None:
        """
        Args:
            post: makes one POST and never raises.
            concurrency: POSTs under way at once, in this worker.
        """
        self._engine = engine
        self._post = post
        self._concurrency = concurrency
        self._limits = limits
        self._random = random or Random()  # noqa: S311 - jitter, not a secret
        self._threads = ThreadPoolExecutor(DATABASE_THREADS, thread_name_prefix="database")
        self._connected_at: datetime | None = None
        self._posting: set[asyncio.Task[None]] = set()
        self._ended: deque[Ended] = deque()
        self._has_ended = asyncio.Event()
        self._is_over = False
        self._awake = asyncio.Event()

    def wake(self) -> None:
        """Look for deploys at once: some were queued."""
        self._awake.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Deliver until `stopping` is set; then end what is being POSTed, and record it."""
        recorder = asyncio.create_task(self._record_all())
        stopper = asyncio.create_task(_when_set(stopping, self.wake))
        try:
            while not stopping.is_set():
                await self._fill()
            while self._posting:
                await asyncio.wait(self._posting)
        finally:
            stopper.cancel()
            self._is_over = True
            self._has_ended.set()
            await recorder
            self._threads.shutdown()

    async def transaction(self, act: Callable[[DbSession, datetime], T], standing: Standing = WORKING) -> T:
        """Run `act` in a transaction of its own, in a thread, on behalf of the worker.

        Args:
            act: is given the time by the database's clock, the one that all workers share: one whose own is behind
                would seem to the others to have been lost while it POSTs.
            standing: as whom the database is asked.

        Raises:
            DBAPIError: the database is away, or refuses.
        """
        try:
            loop = asyncio.get_running_loop()
            done, now = await loop.run_in_executor(self._threads, self._in_transaction, act, standing)
        except DATABASE_ERRORS:
            self._connected_at = None
            raise
        self._connected_at = self._connected_at or now
        return done

    async def close_lost(self) -> None:
        """Close the attempts of workers that died."""
        connected_at = self._connected_at
        if connected_at is None:
            return
        found = await self.transaction(
            lambda db, now: close_lost(db, now=now, connected_at=connected_at, random=self._random, limits=self._limits)
        )
        if found:
            log.warning("%d attempts had lost their worker; their deploys are tried again.", found)
            self.wake()

    async def _fill(self) -> None:
        """Claim as much as there is room for; or wait until there may be something to claim."""
        self._awake.clear()
        deliveries = await self._claim(self._concurrency - len(self._posting))
        for delivery in deliveries:
            task = asyncio.create_task(self._deliver(delivery))
            self._posting.add(task)
            task.add_done_callback(self._posting.discard)
        if deliveries:
            await asyncio.sleep(GATHER_S)
        else:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._awake.wait(), POLL_S)
        while len(self._posting) >= self._concurrency:
            await asyncio.wait(self._posting, return_when=asyncio.FIRST_COMPLETED)

    async def _claim(self, free: int) -> Sequence[Delivery]:
        try:
            return await self.transaction(lambda db, now: claim(db, free=free, now=now, limits=self._limits))
        except DATABASE_ERRORS as error:
            _warn_away(error)
            await asyncio.sleep(RETRY_S)
            return []

    async def _deliver(self, delivery: Delivery) -> None:
        outcome = await self._post(delivery)
        self._ended.append(Ended(delivery.attempt_id, outcome))
        self._has_ended.set()

    async def _record_all(self) -> None:
        """Record outcomes as they come, many in one transaction, until none follows."""
        while self._ended or not self._is_over:
            await self._has_ended.wait()
            self._has_ended.clear()
            await asyncio.sleep(GATHER_S)
            while self._ended:
                await self._record([self._ended.popleft() for _ in range(min(len(self._ended), RECORDED_AT_ONCE))])
                self.wake()

    async def _record(self, batch: Sequence[Ended]) -> None:
        """Write outcomes however long the database is away: the POSTs were made and must not be made again."""
        try:
            while not await self._is_written(batch):
                await asyncio.sleep(RETRY_S)
        except Exception as error:  # whatever is wrong with one outcome, the others must be written
            await self._record_one_by_one(batch, error)

    async def _record_one_by_one(self, batch: Sequence[Ended], error: Exception) -> None:
        """One outcome that the database refuses does not keep the others from being written."""
        if len(batch) == 1:
            log.error("The outcome of attempt %s was refused.", batch[0].attempt_id, exc_info=error)
            return
        for ended in batch:
            await self._record([ended])

    async def _is_written(self, batch: Sequence[Ended]) -> bool:
        try:
            verdicts = await self.transaction(
                lambda db, now: record(db, batch, now=now, random=self._random, limits=self._limits)
            )
        except PASSING_ERRORS as error:
            _warn_away(error)
            return False
        for ended in batch:
            verdict = verdicts.get(ended.attempt_id)
            what = verdict.name.lower() if verdict else "nothing follows"
            log.info("Attempt %s took %d ms: %s", ended.attempt_id, ended.outcome.duration_ms, what)
        return True

    def _in_transaction(self, act: Callable[[DbSession, datetime], T], standing: Standing) -> tuple[T, datetime]:
        with DbSession(self._engine, expire_on_commit=False) as db:
            database_roles.stand(db, WORKING)  # which costs nothing, since the engine connects so
            with db.begin():
                if standing != WORKING:
                    database_roles.stand(db, standing)
                audit.act_as(db, WORKER)
                now = db.scalars(select(func.clock_timestamp())).one()
                return act(db, now), now


async def repeat(every: timedelta, act: Callable[[], Awaitable[object]], stopping: asyncio.Event) -> None:
    """Do something again and again until `stopping` is set, whatever becomes of it each time."""
    while not stopping.is_set():
        try:
            await act()
        except PASSING_ERRORS as error:
            _warn_away(error)
        except Exception:  # the next time may be better, and what else the worker does must not end with it
            log.exception("Something that is done every %g s failed.", every.total_seconds())
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), every.total_seconds())


async def _when_set(event: asyncio.Event, act: Callable[[], None]) -> None:
    await event.wait()
    act()


def _warn_away(error: Exception) -> None:
    cause = getattr(error, "orig", None) or error
    log.warning("The database can't be used now (%s); trying again.", type(cause).__name__)
