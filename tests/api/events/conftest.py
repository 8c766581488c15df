"""A real server that tells what changes, on a database of each file's own, with people who listen."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from app import create_app
from config import sqlalchemy_url
from models import Role
from services.database import DbSession
from services.live.live import Live
from services.live.times import Times
from tests import databases
from tests.conftest import NOW, settings_for
from tests.listening import serving
from tests.records import Records

QUICK = Times(poll=0.02, every=0.02, heartbeat=0.2, authority=0.1, tick=0.05, reconnect=(0.05,))
"""Soon what is done at times, and late what is done about those who are late, since the machine may be busy."""


@pytest.fixture(scope="module")
def url():
    """One database for all of this file, whose tests make their own people."""
    name = f"live_{uuid4().hex}"
    yield databases.create_database(name, databases.TEMPLATE)
    databases.drop_database(name)


@pytest.fixture(scope="module")
def server(url):
    with serving(create_app(settings_for(url))) as place:
        yield place


@pytest.fixture
def place(server, url):
    """The server, as if it had just begun."""
    use(server, url)
    yield server
    server.live.close()


def use(place, url, most=2_000, **changes):
    """Serve with other times, or for fewer listeners."""
    place.app.extensions["console_live"] = Live(url, replace(QUICK, **changes), most=most)


@pytest.fixture(scope="module")
def db(url):
    engine = create_engine(sqlalchemy_url(url))
    with DbSession(engine) as db:
        yield db
    engine.dispose()


@pytest.fixture
def make(db):
    return Records(db, NOW)


@pytest.fixture
def user_of(make):
    """Makes people: a new one of this role."""

    def user_of(role, **values):
        user = make.user(role=role, active=True, **values)
        make.save()
        return user

    return user_of


@pytest.fixture
def operator(user_of):
    return user_of(Role.OPERATOR).email


def write(make, statement, **values):
    """Commit one statement."""
    make.db.execute(text(statement), values)
    make.save()
