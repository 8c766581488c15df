"""Alive and ready, for watchdogs that don't sign in."""

import pytest
from sqlalchemy import text

from app import create_app
from extensions import database
from tests import databases
from tests.api.conftest import assert_described, assert_problem
from tests.conftest import settings_for


@pytest.fixture
def ready_app(fresh_database_url):
    """An application on a database of its own, and the means to break it."""
    app = create_app(settings_for(fresh_database_url))

    def breaking(statement):
        with app.app_context(), database.engine.begin() as connection:
            connection.execute(text(statement))

    yield app, breaking
    with app.app_context():
        database.engine.dispose()


def test_an_alive_process_says_so_to_everybody(browser):
    answer = browser.get("/healthz")

    assert answer.json == {"status": "alive"}
    assert_described(answer, "GET", "/healthz")


def test_a_console_that_can_do_its_work_is_ready(ready_app):
    answer = ready_app[0].test_client().get("/readyz")

    assert answer.json == {"status": "ready"}
    assert_described(answer, "GET", "/readyz")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE alembic_version SET version_num = '0001'", "at 0001"),
        ("DELETE FROM alembic_version", "at none"),
        ("DROP TABLE alembic_version CASCADE", "no tables"),
        ("DROP TABLE pgqueuer CASCADE", "pgqueuer is missing"),
        ("DROP TABLE pgqueuer_schedules CASCADE", "pgqueuer_schedules is missing"),
    ],
)
def test_a_console_that_is_not_ready_says_what_is_wrong(ready_app, damage, told):
    app, breaking = ready_app
    breaking(damage)

    answer = app.test_client().get("/readyz")

    assert told in assert_problem(answer, 503)
    assert_described(answer, "GET", "/readyz")


def test_a_console_whose_database_is_away_is_alive_but_not_ready_and_gives_no_secret_away(database_url):
    name = "away"
    url = databases.create_database(name)
    databases.drop_database(name)
    client = create_app(settings_for(url)).test_client()

    answer = client.get("/readyz")

    assert "can't be reached" in assert_problem(answer, 503)
    assert name not in answer.json["detail"]
    assert client.get("/healthz").status_code == 200
