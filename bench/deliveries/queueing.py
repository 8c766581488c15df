"""How quickly very many deploys are queued: by a recovery, which is what queues many at once."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from statistics import median
from typing import TypeVar
from uuid import UUID

import psycopg
from sqlalchemy import Engine, create_engine, text

from bench.deliveries import rows
from bench.deliveries.rows import SECTION
from bench.errors import BenchError
from bench.figure import Figure, at_most, median_ratio, rounded
from bench.server import TABLES
from bench.stage import Stage
from config import sqlalchemy_url
from models import DeployStatus, Recovery, Role
from services import audit
from services.database import DbSession
from services.deploys import recovery
from services.deploys.limits import Limits
from services.deploys.recovery import waves
from services.deploys.recovery.release import release
from services.engine import ENGINE_OPTIONS
from services.permissions import WORKER, Actor

COUNT = 100_000
HOSTS = [f"https://hooks-{number}.example.com" for number in range(20)]
GIVEN_UP = "console_given_up"
OPERATOR = Actor(id=UUID(int=1), name="operator@example.com", role=Role.OPERATOR, origin="cli")
LIMITS = Limits()
T = TypeVar("T")

_DEPLOYS = """
    INSERT INTO deploys (
        session_id, trigger, hook_sealed, hook_key, hook_digest, hook_masked, host,
        idempotency_key, status, next_attempt_at
    )
    SELECT session_id, 'recovery', hook_sealed, hook_key, hook_digest, hook_masked, host,
        'again_' || replace(id::text, '-', ''), 'queued', now() FROM deploys
"""
_JOBS = """
    INSERT INTO pgqueuer (priority, entrypoint, payload, status)
    SELECT 0, 'deliver_deploy', convert_to(id::text, 'UTF8'), 'queued' FROM deploys WHERE status = 'queued'
"""
TARGET = at_most(6)
HOW = f"""\
What queues many deploys is a recovery. {COUNT:,} dead-lettered deploys of {len(HOSTS)} hosts are recovered over a
connection with the worker's options and at the default limits: `recovery.start` chooses and freezes them, and
`release`, in the slices and transactions in which the worker calls it, queues them wave after wave, with an audit event
for each. Nothing is delivered; after each slice its items are set to have succeeded, so that the next may go, which is
not counted, and neither is the wait between two looks. Against it, in another copy of the same database, with the same
triggers and indexes: one transaction that INSERTs {COUNT:,} queued deploys from a SELECT, and as many job rows into
`pgqueuer` from another."""


def measure(stage: Stage) -> Sequence[Figure]:
    _prepare(stage)
    pairs = stage.pairs(
        f"Queueing {COUNT:,} deploys",
        "s",
        measured=partial(_on_a_copy, stage, _recover),
        limit=partial(_on_a_copy, stage, _insert),
    )
    stage.server.drop(GIVEN_UP)
    return [
        Figure(
            SECTION,
            f"Queueing {COUNT:,} deploys, against plain INSERT … SELECTs of as many deploy and job rows",
            rounded(median_ratio(pairs)),
            "×",
            TARGET,
            HOW,
        ),
        Figure(SECTION, f"Queueing {COUNT:,} deploys", rounded(median(pair.measured for pair in pairs)), "s"),
        Figure(SECTION, "Plain INSERT … SELECTs of as many", rounded(median(pair.limit for pair in pairs)), "s"),
    ]


def _prepare(stage: Stage) -> None:
    """A database with that many dead-lettered deploys, each with the attempt that failed."""
    stage.say(f"Writing {COUNT:,} dead-lettered deploys …")
    url = stage.server.create(GIVEN_UP, template=TABLES)
    with psycopg.connect(url, autocommit=True) as connection:
        rows.add(connection, HOSTS, COUNT, has_failed=True)
        connection.execute(
            "INSERT INTO deploy_attempts (deploy_id, attempt_number, started_at, duration_ms, status_code, fingerprint)"
            " SELECT id, 1, created_at, 100, 503, fingerprint FROM deploys"
        )
        connection.execute("VACUUM (ANALYZE)")


def _on_a_copy(stage: Stage, act: Callable[[str], float]) -> float:
    with stage.server.copy_of(GIVEN_UP) as url:
        seconds = act(url)
        with psycopg.connect(url) as connection:
            queued = rows.count(connection, DeployStatus.QUEUED)
    if queued != COUNT:
        raise BenchError(f"{queued:,} deploys were queued, not {COUNT:,}.")
    return seconds


def _recover(url: str) -> float:
    """Seconds for freezing and queueing, without those in which outcomes are made up."""
    engine = create_engine(sqlalchemy_url(url), **ENGINE_OPTIONS)
    try:
        recovery_id, seconds = _timed(lambda: _start(engine))
        for wave in range(1, waves.LAST + 1):
            queued = 1
            while queued:
                _end(engine, recovery_id)
                queued, took = _timed(partial(_release, engine, recovery_id, wave))
                seconds += took
    finally:
        engine.dispose()
    return seconds


def _start(engine: Engine) -> UUID:
    now = datetime.now(UTC)
    with DbSession(engine) as db, db.begin():
        audit.act_as(db, OPERATOR)
        started = recovery.start(db, actor=OPERATOR, selection=recovery.Selection(), as_of=now, limits=LIMITS, now=now)
        return started.id


def _release(engine: Engine, recovery_id: UUID, wave: int) -> int:
    """One slice, as the worker queues it; how many deploys it had."""
    with DbSession(engine) as db, db.begin():
        audit.act_as(db, WORKER)
        running = db.get_one(Recovery, recovery_id, with_for_update=True)
        running.wave = wave
        db.flush()
        return release(db, running, limits=LIMITS, now=datetime.now(UTC))


def _end(engine: Engine, recovery_id: UUID) -> None:
    """Let what is queued count as sent, so that the next slice may go."""
    statement = (
        "UPDATE recovery_items SET status = 'succeeded', ended_at = now() WHERE recovery_id = :id AND status = 'queued'"
    )
    with engine.begin() as connection:
        connection.execute(text(statement), {"id": recovery_id})


def _insert(url: str) -> float:
    def insert() -> None:
        with psycopg.connect(url) as connection:
            connection.execute(_DEPLOYS)
            connection.execute(_JOBS)

    return _timed(insert)[1]


def _timed(act: Callable[[], T]) -> tuple[T, float]:
    """What it returns, and the seconds that it took."""
    began = time.perf_counter()
    done = act()
    return done, time.perf_counter() - began
