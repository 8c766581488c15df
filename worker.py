"""The worker: delivers deploys and runs upkeep by schedule. Each job calls one service.

Run with `python worker.py`. Any number of workers share the work.
"""

import asyncio
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
from pgqueuer import SchedulerManager
from pgqueuer.db import PsycopgDriver
from pgqueuer.models import Schedule
from pgqueuer.queries import Queries
from psycopg import sql
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError

import log_lines
import log_scrubbing
import logins
from config import ConfigError, Settings, libpq_url
from dispatcher import DATABASE_THREADS, PASSING_ERRORS, Dispatcher, repeat
from sealer import LOOK_EVERY, keep_trail
from services import bulk, queue, upkeep, vault, waiting_sessions
from services.database import DbSession
from services.database_logins import Process
from services.database_roles import KEEPING_UP, DatabaseRole, option
from services.deploys import recovery, rekeying
from services.deploys.egress import EgressPolicy
from services.deploys.limits import Limits
from services.deploys.post import Poster
from services.engine import ENGINE_OPTIONS, options_of
from services.exports import making
from services.health import find_queue_faults
from services.vault import Vault

log = logging.getLogger("console.worker")

LOST_EVERY = timedelta(seconds=2)
"""How often to look for attempts that lost their worker."""
RECOVERIES_EVERY = timedelta(seconds=1)
"""How often recoveries are taken further."""
BULK_JOBS_EVERY = timedelta(seconds=1)
"""How often to look for bulk jobs; those that run are gone on with at once."""
EXPORTS_EVERY = timedelta(seconds=1)
"""How often to look for files to make."""
ENTRIES_EVERY = timedelta(seconds=2)
"""How often new sessions are entered; until then, each search and each count reads all of them."""
HOOKS_EVERY = timedelta(hours=1)
"""How often it is looked whether all hooks can be read, beside the start; it reads all deploys."""
RECONNECT_WAITS_S = (0.5, 1, 2, 5)
"""How long to wait before the database is tried again; the last is repeated."""
CONNECTION_ERRORS = (psycopg.OperationalError, OSError)


async def run(settings: Settings, database_url: str, *, stopping: asyncio.Event) -> None:
    """Work until `stopping` is set, whatever becomes of the database meanwhile."""
    keeper = vault.engine_options(Vault(settings.hook_keys, secret=settings.secret_key))
    engine = create_engine(database_url, **options_of(DatabaseRole.WORKER) | keeper | {"pool_size": DATABASE_THREADS})
    limits = Limits.of(settings)
    poster = Poster(EgressPolicy.of(settings.hook_ports, settings.egress_allow), settings.webhook_secrets)
    dispatcher = Dispatcher(
        engine,
        lambda delivery: poster.post(delivery, now=datetime.now(UTC)),
        concurrency=settings.deploy_concurrency,
        limits=limits,
    )
    context = bulk.ActContext(default_hook_url=settings.default_hook_url)

    log.info("Working: up to %d POSTs at a time.", settings.deploy_concurrency)
    beside = [
        asyncio.create_task(task)
        for task in (
            repeat(LOST_EVERY, dispatcher.close_lost, stopping),
            repeat(RECOVERIES_EVERY, lambda: _advance_recoveries(dispatcher, limits), stopping),
            repeat(BULK_JOBS_EVERY, lambda: _advance_bulk_jobs(dispatcher, context, stopping), stopping),
            repeat(LOOK_EVERY, lambda: keep_trail(dispatcher, retention_days=settings.audit_retention_days), stopping),
            repeat(ENTRIES_EVERY, lambda: _enter_sessions(dispatcher, stopping), stopping),
            repeat(EXPORTS_EVERY, lambda: _make_exports(dispatcher, engine, settings.signing_keys, stopping), stopping),
            repeat(HOOKS_EVERY, lambda: _warn_of_hooks(dispatcher), stopping),
            _keep_connected(database_url, lambda connection: _listen(connection, dispatcher), stopping),
            _keep_connected(database_url, lambda connection: _run_schedule(connection, dispatcher), stopping),
        )
    ]
    try:
        await dispatcher.run(stopping)
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        engine.dispose()


async def _advance_recoveries(dispatcher: Dispatcher, limits: Limits) -> None:
    """Move each recovery on in a transaction of its own: one that can't be does not hold up the others."""
    for recovery_id in await dispatcher.transaction(lambda db, now: recovery.open_ids(db)):
        try:
            await dispatcher.transaction(_advancing(recovery_id, limits))
        except PASSING_ERRORS:
            raise
        except Exception:
            log.exception("Recovery %s could not be moved on.", recovery_id)


async def _make_exports(
    dispatcher: Dispatcher, engine: Engine, secret_key: Sequence[str], stopping: asyncio.Event
) -> None:
    """Make the files that wait, one at a time, in a thread that POSTs do not wait for."""
    while not stopping.is_set() and (run := await dispatcher.transaction(lambda db, now: making.claim(db, now=now))):
        await asyncio.to_thread(making.make, engine, run, secret_key=secret_key, is_stopping=stopping.is_set)


async def _warn_of_hooks(dispatcher: Dispatcher) -> None:
    """Say how many hooks can't be called: HOOK_KEYS was changed before all was sealed by the new key."""
    if count := await dispatcher.transaction(lambda db, now: rekeying.unreadable(db)):
        log.error(
            "%d hooks are encrypted with a key that HOOK_KEYS lacks, so they can't be called. Put that key back after "
            "the new one, and run `flask console secrets rotate`.",
            count,
        )


async def _enter_sessions(dispatcher: Dispatcher, stopping: asyncio.Event) -> None:
    """Enter the sessions that wait, a batch at a time, so that nobody waits long for one of them."""
    most = waiting_sessions.BATCH
    while not stopping.is_set():
        if await dispatcher.transaction(lambda db, now: waiting_sessions.enter(db, most=most)) < most:
            return


def _advancing(recovery_id: UUID, limits: Limits) -> Callable[[DbSession, datetime], int]:
    return lambda db, now: recovery.advance(db, now=now, limits=limits, only=recovery_id)


async def _advance_bulk_jobs(dispatcher: Dispatcher, context: bulk.ActContext, stopping: asyncio.Event) -> None:
    """Do bulk jobs while there are any, a batch of each in turn, so that a small one does not wait for a large one."""
    moved = 1
    while moved and not stopping.is_set():
        job_ids = await dispatcher.transaction(lambda db, now: bulk.open_ids(db))
        moved = sum([await _advance_bulk_job(dispatcher, job_id, context) for job_id in job_ids])


async def _advance_bulk_job(dispatcher: Dispatcher, job_id: UUID, context: bulk.ActContext) -> int:
    """Do a batch of a job; one that can't be done now, or at all, does not hold up the others."""
    try:
        return await dispatcher.transaction(lambda db, now: bulk.advance(db, job_id, now=now, context=context))
    except Exception as error:
        passing = isinstance(error, PASSING_ERRORS)
        log.warning("Bulk job %s could not be moved on; it is tried again.", job_id, exc_info=not passing)
        return 0


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


async def _keep_connected(
    database_url: str, act: Callable[[psycopg.AsyncConnection], Awaitable[None]], stopping: asyncio.Event
) -> None:
    """Run `act` on a connection of its own, and again on a new one whenever that is lost."""
    tries = 0
    while not stopping.is_set():
        try:
            async with await _connect(database_url) as connection:
                tries = 0
                await act(connection)
        except CONNECTION_ERRORS as error:
            log.warning("The database is away (%s); trying again.", _said(error))
        except Exception:
            log.exception("What a connection was held for failed; trying again.")
        wait = RECONNECT_WAITS_S[min(tries, len(RECONNECT_WAITS_S) - 1)]
        tries += 1
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), wait)


def _said(error: Exception) -> str:
    """What kept a connection from being made, in one line; neither passwords nor values are part of it."""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


async def _connect(database_url: str) -> psycopg.AsyncConnection:
    return await psycopg.AsyncConnection.connect(
        libpq_url(database_url), autocommit=True, connect_timeout=5, options=option(DatabaseRole.WORKER)
    )


async def _listen(connection: psycopg.AsyncConnection, dispatcher: Dispatcher) -> None:
    """Wake the dispatcher whenever deploys are queued; without this it would look but once a second."""
    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(queue.DELIVERIES)))
    async for _ in connection.notifies():
        dispatcher.wake()


async def _run_schedule(connection: psycopg.AsyncConnection, dispatcher: Dispatcher) -> None:
    """Run upkeep by PgQueuer's schedule, of which each turn is taken by one worker."""
    scheduler = SchedulerManager(Queries(PsycopgDriver(connection)))

    @scheduler.schedule("upkeep", "* * * * *")
    async def upkeep_schedule(schedule: Schedule) -> None:
        await dispatcher.transaction(lambda db, now: upkeep.run(db, now=now), KEEPING_UP)

    await scheduler.run()


async def main() -> None:
    """Read the settings and work until SIGTERM or SIGINT; what is under way is finished first.

    The same signal again ends it at once, as kill -9 does: another worker takes up what it POSTs.
    """
    settings = Settings.from_environment()
    log_scrubbing.install(settings)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, loop, number, stopping)
    database_url = logins.url_of(settings, Process.WORKER)
    require_queue(database_url)
    logins.warn(database_url, Process.WORKER)
    await run(settings, database_url, stopping=stopping)


def _stop(loop: asyncio.AbstractEventLoop, number: int, stopping: asyncio.Event) -> None:
    log.info("Stopping once what is under way has ended and is recorded; the same signal again ends it at once.")
    stopping.set()
    loop.remove_signal_handler(number)
    signal.signal(number, signal.SIG_DFL)


if __name__ == "__main__":
    log_lines.write(logging.INFO)
    try:
        asyncio.run(main())
    except ConfigError as error:
        sys.exit(str(error))
