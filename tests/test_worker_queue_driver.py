"""The worker's two connections to the queue, which must hear as one what one would have heard."""

import asyncio

import psycopg
import pytest

import worker
from config import ConfigError, libpq_url, sqlalchemy_url
from tests import databases
from tests.workers import eventually, working


async def heard_at_once(url, rounds):
    """How many notices of `rounds` were heard that were sent while the listener was being added."""
    heard = []
    connect = psycopg.AsyncConnection.connect
    for number in range(rounds):
        async with (
            await connect(libpq_url(url), autocommit=True) as queries,
            await connect(libpq_url(url), autocommit=True) as listener,
            worker.QueueDriver(queries, listener) as driver,
        ):
            sending = asyncio.create_task(driver.notify("worker_test", str(number)))
            await driver.add_listener("worker_test", heard.append)
            await sending
            await asyncio.sleep(0.1)
    return heard


def test_a_notice_sent_while_the_listener_is_added_is_heard(fresh_database_url):
    assert asyncio.run(heard_at_once(fresh_database_url, rounds=8)) == [str(number) for number in range(8)]


class DeafConnection(psycopg.AsyncConnection):
    """A connection on which nothing is ever heard, as where a proxy dropped it silently."""

    async def notifies(self, *, timeout=None, stop_after=None):
        await asyncio.sleep(timeout)
        for nothing in ():
            yield nothing


def test_a_worker_whose_listener_went_deaf_connects_anew(fresh_database_url, monkeypatch):
    connections = []

    async def connect(url):
        kind = DeafConnection if len(connections) < 2 else psycopg.AsyncConnection
        connections.append(await kind.connect(libpq_url(url), autocommit=True))
        return connections[-1]

    monkeypatch.setattr(worker, "_connect", connect)
    with working(fresh_database_url):
        eventually(lambda: len(connections) == 4, within_s=25)


def test_a_worker_without_its_tables_says_so_in_one_line():
    url = databases.create_database("worker_empty")
    try:
        with pytest.raises(ConfigError, match="migrate"):
            worker.require_queue(sqlalchemy_url(url))
    finally:
        databases.drop_database("worker_empty")
