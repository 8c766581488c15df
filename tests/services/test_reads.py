"""Transactions that only read keep what was prepared for the next ones; all others end as they always did."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import sessionmaker

from config import sqlalchemy_url
from models import User
from services import reads
from services.database import DbSession

PREPARED = text("SELECT count(*) FROM pg_prepared_statements")
ONE = select(func.count()).select_from(User).where(User.email == "nobody@example.com")


@pytest.fixture
def sessions(fresh_database_url: str) -> Iterator[Any]:
    """Makes sessions that end so, on one connection to a database of their own."""
    engine = create_engine(sqlalchemy_url(fresh_database_url), pool_size=1, max_overflow=0)
    made = sessionmaker(engine)
    reads.watch(made)
    yield made
    engine.dispose()


def ask(sessions: Any, times: int = 8) -> int:
    """How many statements the connection knows, once the same was asked several times, by a session each."""
    for _ in range(times):
        with sessions() as db:
            db.scalar(ONE)
    with sessions() as db:
        return int(db.scalar(PREPARED))


def test_what_is_asked_again_and_again_stays_prepared(sessions):
    assert ask(sessions) > 0


def test_a_savepoint_that_is_kept_takes_nothing_away(sessions):
    ask(sessions)

    with sessions() as db:
        with db.begin_nested():
            db.scalar(ONE)
        assert db.scalar(PREPARED) > 0


def add_user(db: DbSession, email: str) -> None:
    db.add(User(email=email))
    db.flush()


@pytest.mark.parametrize(
    "write",
    [
        lambda db: add_user(db, "ana@example.com"),
        lambda db: db.execute(text("INSERT INTO users (email) VALUES ('ana@example.com')")),
        lambda db: db.scalar(
            text("WITH made AS (INSERT INTO users (email) VALUES ('ana@example.com') RETURNING 1) SELECT * FROM made")
        ),
        lambda db: db.execute(text("/* first */ INSERT INTO users (email) VALUES ('ana@example.com')")),
        lambda db: db.connection().exec_driver_sql("INSERT INTO users (email) VALUES ('ana@example.com')"),
    ],
    ids=["flush", "insert", "with", "comment", "driver"],
)
def test_what_was_written_and_not_committed_is_gone(sessions, write):
    with sessions() as db:
        db.scalar(ONE)
        write(db)

    with sessions() as db:
        assert db.scalar(select(func.count()).select_from(User)) == 0


def test_where_writes_are_expected_those_are_undone_too_that_no_statement_tells_of(sessions):
    with sessions() as db:
        reads.expect_writes(db)
        db.scalar(ONE)
        db.connection().connection.dbapi_connection.execute("INSERT INTO users (email) VALUES ('ana@example.com')")

    with sessions() as db:
        assert db.scalar(select(func.count()).select_from(User)) == 0


def test_a_session_within_anothers_transaction_ends_nothing_of_it(sessions):
    with sessions() as outer:
        connection = outer.connection()
        add_user(outer, "ana@example.com")
        inner = DbSession(connection, join_transaction_mode="create_savepoint")
        reads.watch(inner)
        inner.scalar(ONE)
        inner.close()
        outer.rollback()

    with sessions() as db:
        assert db.scalar(select(func.count()).select_from(User)) == 0


def test_settings_of_one_transaction_end_with_it(sessions):
    with sessions() as db:
        db.execute(text("SELECT set_config('console.actor', 'ana', true)"))

    with sessions() as db:
        assert not db.scalar(text("SELECT current_setting('console.actor', true)"))


def test_a_connection_that_was_lost_is_said_to_be_so_and_nothing_else(sessions):
    with sessions() as db:
        db.scalar(ONE)
        with pytest.raises(OperationalError):
            db.execute(select(func.pg_terminate_backend(func.pg_backend_pid())))

    with sessions() as db:
        assert db.scalar(ONE) == 0
