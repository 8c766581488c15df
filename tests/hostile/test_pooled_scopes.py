"""One connection for everybody: whatever ends a request, the next one begins as nobody."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import text

from app import create_app
from extensions import database, db_session, transaction
from models import Role
from people.accounts import current_actor
from services.engine import ENGINE_OPTIONS
from services.errors import ConflictError
from tests.client import Browser
from tests.conftest import NOW, settings_for
from tests.records import Records

AS_WHOM = text("""
    SELECT current_user, pg_backend_pid(), btrim(concat_ws(' ',
        current_setting('console.person', true),
        current_setting('console.answerable', true),
        current_setting('console.actor', true)
    ))
""")
"""The role, the connection, and whose rows are its own, who answers for what is done, and what they are called."""


def ask():
    """As whom the database answers this request."""
    current_actor()
    role, pid, whose = db_session().execute(AS_WHOM).one()
    return {"role": role, "pid": pid, "whose": whose}


def fail():
    ask()
    raise RuntimeError


def conflict():
    with transaction(current_actor()) as db:
        db.execute(text("SELECT 1"))
        raise ConflictError("No.")


def be_refused():
    current_actor()
    db_session().execute(text("SELECT * FROM no_such_table"))


def time_out():
    current_actor()
    db_session().execute(text("SET LOCAL statement_timeout = '20ms'"))
    db_session().execute(text("SELECT pg_sleep(5)"))


def sleep():
    current_actor()
    db_session().execute(text("SELECT pg_sleep(10)"))


def commit():
    with transaction(current_actor()) as db:
        db.execute(text("SELECT 1"))
    return ask()


ENDINGS = {
    "ask": ask,
    "fail": fail,
    "conflict": conflict,
    "refused": be_refused,
    "timed_out": time_out,
    "commit": commit,
}


@pytest.fixture
def make(fresh_db):
    return Records(fresh_db, NOW)


@pytest.fixture
def app(fresh_database_url, monkeypatch):
    """A console that has one connection, which tells as whom it asks."""
    monkeypatch.setitem(ENGINE_OPTIONS, "pool_size", 1)
    monkeypatch.setitem(ENGINE_OPTIONS, "max_overflow", 0)
    app = create_app(settings_for(fresh_database_url))
    for name, view in (ENDINGS | {"sleep": sleep}).items():
        app.add_url_rule(f"/test/{name}", name, view)
    yield app
    with app.app_context():
        database.engine.dispose()


@pytest.fixture
def people(app, make):
    """An admin, a member and somebody who has not signed in, each at a browser."""
    admin, member = make.user(role=Role.ADMIN), make.user(role=Role.MEMBER)
    make.session(user=admin)
    make.save()
    return Browser(app, admin), Browser(app, member), Browser(app)


def left_on(app):
    """As whom the connection is, once it is back in the pool."""
    with app.app_context(), database.engine.connect() as connection:
        return tuple(connection.execute(AS_WHOM).one())


def whose(browser):
    """What the database is told of a person."""
    return f"{browser.user.id} {browser.user.id} {browser.user.email}"


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_connection_carries_nobodys_scope_on_however_a_request_ends(app, people, ending):
    admin, member, visitor = people
    owner, pid, _ = left_on(app)

    admin.get(f"/test/{ending}")

    assert left_on(app) == (owner, pid, "")
    assert visitor.get("/test/ask").json == {"role": "console_nobody", "pid": pid, "whose": "anonymous"}
    assert member.get("/test/ask").json == {"role": "console_own", "pid": pid, "whose": whose(member)}
    assert admin.get("/test/ask").json["role"] == "console_admin"
    assert visitor.get("/test/ask").json["role"] == "console_nobody"


def test_a_connection_carries_nobodys_scope_on_after_its_statement_was_cancelled(app, people, fresh_db):
    admin, member, _ = people
    owner, pid, _ = left_on(app)
    sleeping = text(
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = :pid AND query LIKE '%pg_sleep(10)%'"
    )

    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(admin.get, "/test/sleep")
        while not fresh_db.scalar(sleeping, {"pid": pid}):
            fresh_db.rollback()
        answer.result(timeout=20)

    assert left_on(app) == (owner, pid, "")
    assert member.get("/test/ask").json == {"role": "console_own", "pid": pid, "whose": whose(member)}


def test_a_connection_carries_nobodys_scope_on_after_who_downloads_has_left(app, people):
    admin, member, _ = people
    owner, pid, _ = left_on(app)

    with closing(admin.get("/admin/session/export/csv/", buffered=False)) as answer:
        assert next(answer.iter_encoded())

    assert left_on(app) == (owner, pid, "")
    assert member.get("/test/ask").json["role"] == "console_own"


def test_a_commit_ends_a_persons_scope_and_the_next_transaction_takes_it_anew(app, people):
    admin, _, _ = people

    assert admin.get("/test/commit").json["role"] == "console_admin"
