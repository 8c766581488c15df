"""A connection of its own to a database that is the test's alone."""

import psycopg
import pytest


@pytest.fixture
def listener(fresh_database_url):
    with psycopg.connect(fresh_database_url, autocommit=True) as listener:
        yield listener
