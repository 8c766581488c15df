"""Seeded history that is loaded once, for all that only look at it: what a test does there is taken back."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from sqlalchemy import Engine, create_engine

from config import sqlalchemy_url
from services.database import DbSession
from tests import databases, vaults
from tests.services.seed.loading import SESSIONS, load

MANY = 5_000


@pytest.fixture(scope="package")
def loaded() -> Iterator[Engine]:
    """A database of its own, since others load the same people into theirs."""
    with _loaded(SESSIONS) as engine:
        yield engine


@pytest.fixture(scope="package")
def loaded_with_many() -> Iterator[Engine]:
    with _loaded(MANY) as engine:
        yield engine


@pytest.fixture
def history(loaded: Engine) -> Iterator[DbSession]:
    """An ORM session on what `load(db)` leaves in an empty database."""
    with _opened(loaded) as db:
        yield db


@pytest.fixture
def long_history(loaded_with_many: Engine) -> Iterator[DbSession]:
    """An ORM session on what `load(db, MANY)` leaves in an empty database."""
    with _opened(loaded_with_many) as db:
        yield db


@contextmanager
def _loaded(sessions: int) -> Iterator[Engine]:
    name = f"seeded_{uuid4().hex}"
    engine = create_engine(sqlalchemy_url(databases.create_database(name, databases.TEMPLATE)), **vaults.ENGINE)
    with DbSession(engine) as db:
        load(db, sessions)
        db.commit()
    yield engine
    engine.dispose()
    databases.drop_database(name)


@contextmanager
def _opened(engine: Engine) -> Iterator[DbSession]:
    with engine.connect() as connection, connection.begin() as outer:
        with DbSession(connection, join_transaction_mode="create_savepoint") as db:
            yield db
        outer.rollback()
