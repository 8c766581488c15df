"""The dispatcher: what it does when a POST, an outcome or the database is not as it should be."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import create_engine, func, select, text

from config import libpq_url, sqlalchemy_url
from dispatcher import Dispatcher, repeat
from models import Deploy, DeployAttempt, DeployStatus
from services.deploys.delivery import Delivery
from services.deploys.limits import Limits
from services.deploys.outcome import AttemptOutcome
from tests import vaults
from tests.records import Records

CREATED = AttemptOutcome(duration_ms=5, status_code=201, response_excerpt="ok")


@pytest.fixture
def make(fresh_db):
    return Records(fresh_db, datetime.now(UTC))


def count(db, *conditions):
    db.rollback()
    return db.scalar(select(func.count()).select_from(Deploy).where(*conditions))


def dispatch(
    url: str,
    post: Callable[[Delivery], Awaitable[AttemptOutcome]],
    until: Callable[[], object],
    *,
    concurrency: int = 10,
) -> None:
    """Run a dispatcher with this `post` until `until()` holds, and let it end what is under way."""

    async def run() -> None:
        engine = create_engine(sqlalchemy_url(url), connect_args={"application_name": "cut off"}, **vaults.ENGINE)
        stopping = asyncio.Event()
        dispatcher = Dispatcher(engine, post, concurrency=concurrency, limits=Limits(host_in_flight=100))
        running = asyncio.create_task(dispatcher.run(stopping))
        async with asyncio.timeout(20):
            while not await asyncio.to_thread(until):
                await asyncio.sleep(0.05)
        stopping.set()
        await running
        engine.dispose()

    asyncio.run(run())


def test_an_outcome_that_the_database_refuses_does_not_keep_the_others_from_being_written(
    fresh_db, fresh_database_url, make
):
    deploys = [make.deploy(status=DeployStatus.QUEUED) for _ in range(8)]
    make.save()
    bad = deploys[3].id

    async def post(delivery):
        excerpt = "NUL \x00" if delivery.deploy_id == bad else "ok"
        return AttemptOutcome(duration_ms=5, status_code=201, response_excerpt=excerpt)

    dispatch(
        fresh_database_url,
        post,
        lambda: count(fresh_db, Deploy.status == DeployStatus.SUCCEEDED) == 7,
    )

    assert count(fresh_db, Deploy.id == bad, Deploy.status == DeployStatus.IN_FLIGHT) == 1


def test_outcomes_are_written_in_batches_and_each_is_written(fresh_db, fresh_database_url, make):
    for _ in range(60):
        make.deploy(status=DeployStatus.QUEUED)
    make.save()

    async def post(delivery):
        return CREATED

    dispatch(
        fresh_database_url,
        post,
        lambda: count(fresh_db, Deploy.status == DeployStatus.SUCCEEDED) == 60,
        concurrency=30,
    )

    transactions = fresh_db.scalar(select(func.count(func.distinct(text("xmin::text")))).select_from(DeployAttempt))
    assert transactions < 30


def test_no_more_is_under_way_than_the_concurrency(fresh_db, fresh_database_url, make):
    for _ in range(20):
        make.deploy(status=DeployStatus.QUEUED)
    make.save()
    under_way, most = set(), [0]

    async def post(delivery):
        under_way.add(delivery.deploy_id)
        most[0] = max(most[0], len(under_way))
        await asyncio.sleep(0.05)
        under_way.remove(delivery.deploy_id)
        return CREATED

    dispatch(
        fresh_database_url,
        post,
        lambda: count(fresh_db, Deploy.status == DeployStatus.SUCCEEDED) == 20,
        concurrency=4,
    )

    assert most[0] == 4


def test_what_is_posted_when_it_is_told_to_stop_is_ended_and_recorded_and_nothing_else_begun(
    fresh_db, fresh_database_url, make
):
    for _ in range(6):
        make.deploy(status=DeployStatus.QUEUED)
    make.save()
    begun = []

    async def post(delivery):
        begun.append(delivery.deploy_id)
        await asyncio.sleep(1)
        return CREATED

    dispatch(fresh_database_url, post, lambda: len(begun) == 2, concurrency=2)

    assert count(fresh_db, Deploy.status == DeployStatus.SUCCEEDED, Deploy.id.in_(begun)) == len(begun) == 2
    assert count(fresh_db, Deploy.status == DeployStatus.QUEUED) == 4


def test_an_outage_while_a_post_is_under_way_loses_no_outcome(fresh_db, fresh_database_url, make):
    make.deploy(status=DeployStatus.QUEUED)
    make.save()
    posted = []

    async def post(delivery):
        posted.append(delivery.idempotency_key)
        await asyncio.to_thread(cut)
        return CREATED

    def cut():
        with psycopg.connect(libpq_url(fresh_database_url), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'cut off'"
            )

    dispatch(fresh_database_url, post, lambda: posted and count(fresh_db, Deploy.status == DeployStatus.SUCCEEDED) == 1)

    assert len(posted) == 1


def test_what_is_done_again_and_again_goes_on_after_it_failed():
    done = []

    async def act():
        done.append(len(done))
        if len(done) < 3:
            raise KeyError(len(done))
        stopping.set()

    async def run():
        await asyncio.wait_for(repeat(timedelta(milliseconds=1), act, stopping), 10)

    stopping = asyncio.Event()
    asyncio.run(run())

    assert done == [0, 1, 2]
