"""What every test may ask for: a database, an application, people and records."""

import atexit
import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask, has_request_context
from flask_migrate import upgrade
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Connection, create_engine, event

from app import create_app
from config import Settings, sqlalchemy_url
from extensions import database
from models import Role, User
from people import accounts
from services.database import DbSession
from services.database_logins import Process
from services.permissions import Actor
from settings.network import OFF
from tests import database_logins, databases, vaults
from tests.client import Browser
from tests.records import Records

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
LONGEST = (
    "browser/test_pages.py",
    "browser/test_hostile_text.py",
    "browser/test_first_run.py",
    "browser/test_theme_lists.py",
    "browser/test_theme_forms.py",
    "browser/test_live.py",
    "browser/test_passkeys.py",
    "browser/test_records.py",
    "browser/test_palette.py",
    "browser/test_small_helps.py",
    "browser/test_bulk.py",
    "browser/test_filters.py",
    "browser/test_columns.py",
    "browser/test_list_search.py",
    "browser/test_toasts.py",
    "browser/test_charts.py",
    "browser/test_keys.py",
    "browser/test_chromium.py",
    "people/provider/test_signing_in.py",
    "hostile/test_every_route.py",
    "hostile/test_api_document.py",
    "hostile/test_crashes.py",
    "demo/test_launcher.py",
    "people/test_accounts.py",
    "services/listing/test_counted.py",
    "services/test_records.py",
    "test_field_rules.py",
    "commands/test_views.py",
    "bench/test_main.py",
    "e2e/test_first_run.py",
    "services/listing/test_keyset.py",
    "services/listing/test_search_pair.py",
    "people/test_acting_guard.py",
    "test_web_worker.py",
    "test_worker.py",
    "api/test_wait.py",
    "access/test_roles.py",
    "access/test_every_list.py",
    "hostile/test_bad_input.py",
    "services/exports/test_making.py",
    "services/live/test_forgetting.py",
    "services/deploys/test_claim.py",
    "people/test_second_step.py",
    "commands/test_audit.py",
    "commands/test_secrets.py",
    "commands/test_recoveries.py",
    "test_embedded_database.py",
    "hostile/test_database_outages.py",
    "hostile/test_worker_among_bad_hooks.py",
    "services/seed/test_failures.py",
    "services/seed/test_history.py",
    "services/seed/test_hooks.py",
    "services/seed/test_load.py",
    "services/trash/test_delete_and_restore.py",
    "admin_views/test_form_types.py",
    "admin_views/test_theme_lists.py",
    "admin_views/test_filter_types.py",
)
"""Files that take longest, or wait most: they come first, so that no process is left with one while others idle. Those
of the browser follow one another, since each process that comes back to them starts a browser and a console anew."""

# Passwords are hashed in the way that they are in service, but weakly: what argon2 costs is no test's concern.
accounts.SECURITY_CONFIG["SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS"] = {
    "argon2__rounds": 1,
    "argon2__memory_cost": 8,
    "argon2__parallelism": 1,
}


# Templates are compiled once a run: every application of every process has the same, and a changed one is another.
if "CONSOLE_TEST_TEMPLATES" not in os.environ:
    os.environ["CONSOLE_TEST_TEMPLATES"] = mkdtemp(prefix="console-templates-")
    atexit.register(rmtree, os.environ["CONSOLE_TEST_TEMPLATES"])
Flask.jinja_options["bytecode_cache"] = FileSystemBytecodeCache(os.environ["CONSOLE_TEST_TEMPLATES"])
# How long an example takes depends on what else the machine does.
settings.register_profile("console", deadline=None)
settings.load_profile("console")


def settings_for(url: str, **changes: Any) -> Settings:
    """The settings of a test's application."""
    values: dict[str, Any] = {"database_url": sqlalchemy_url(url), "rate_limits": OFF}
    values |= {"secret_key": vaults.SECRET, "hook_keys": (vaults.HOOK_KEY,)}
    return Settings(**values | changes)


def pytest_configure(config: pytest.Config) -> None:
    """Start the server and fill the template, once a run: workers of xdist find them in the environment."""
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    if server := databases.start_server():
        config.stash[_SERVER] = server
    app = create_app(settings_for(databases.create_database(databases.TEMPLATE)))
    with app.app_context():
        upgrade()
        database.engine.dispose()
    database_logins.make(databases.server_url(databases.TEMPLATE))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """What is imported and collected stays until the end, so nobody looks for garbage in it: neither now nor later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    places = {config.rootpath / "tests" / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


def pytest_unconfigure(config: pytest.Config) -> None:
    if server := config.stash.get(_SERVER, None):
        server.cleanup()


_SERVER: pytest.StashKey[Any] = pytest.StashKey()


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A database for this process, whose tests roll back what they do."""
    name = f"{os.environ.get(databases.NAME, 'console')}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    yield databases.create_database(name, databases.TEMPLATE)
    databases.drop_database(name)


@pytest.fixture
def fresh_database_url() -> Iterator[str]:
    """A database for one test, which commits for real."""
    name = f"fresh_{uuid4().hex}"
    yield databases.create_database(name, databases.TEMPLATE)
    databases.drop_database(name)


@pytest.fixture(scope="session")
def app(database_url: str) -> Iterator[Flask]:
    """The application; its commits end with the test that made them."""
    app = create_app(settings_for(database_url, default_hook_url="https://hooks.example.com/deploy/default-secret"))
    app.config["TESTING"] = False  # errors are answered as they would be in service
    with app.app_context():
        database.session.remove()
    database.session.session_factory.configure(join_transaction_mode="create_savepoint")
    yield app
    disconnect(app)


@event.listens_for(database.session, "after_begin", insert=True)
def be_web(db: Any, transaction: Any, connection: Connection) -> None:
    """Whatever a test connects as, a request is of web's own login, which owns nothing."""
    if has_request_context() and not transaction.nested:
        connection.exec_driver_sql(f"SET LOCAL SESSION AUTHORIZATION {database_logins.OWN[Process.WEB]}")


def disconnect(app: Flask) -> None:
    with app.app_context():
        database.engine.dispose()


@pytest.fixture
def connection(app: Flask) -> Iterator[Connection]:
    """One connection for the test and the application, whose outer transaction is rolled back at the end."""
    with app.app_context():
        engine = database.engine
    with engine.connect() as connection, connection.begin() as outer, bound(app, connection):
        yield connection
        outer.rollback()


@contextmanager
def bound(app: Flask, connection: Connection) -> Iterator[None]:
    """Have the application do all on this connection, until the block ends."""
    engines = database._app_engines[app]
    engine, engines[None] = engines[None], connection  # type: ignore[assignment]

    def be_owner(db: Any, transaction: Any) -> None:
        """What a request's transaction took ends with it, which in a test is but a part of the test's own."""
        if transaction.parent is None and connection.in_transaction():
            connection.exec_driver_sql("SET LOCAL SESSION AUTHORIZATION DEFAULT")
            connection.exec_driver_sql("SET LOCAL ROLE NONE")

    event.listen(database.session, "after_transaction_end", be_owner)
    try:
        yield
    finally:
        event.remove(database.session, "after_transaction_end", be_owner)
        engines[None] = engine


@pytest.fixture
def db(connection: Connection) -> Iterator[DbSession]:
    """An ORM session on the test's connection."""
    with DbSession(connection, join_transaction_mode="create_savepoint") as db:
        yield db


@pytest.fixture
def fresh_db(fresh_database_url: str) -> Iterator[DbSession]:
    """An ORM session that commits for real, in a database of the test's own."""
    engine = create_engine(sqlalchemy_url(fresh_database_url), **vaults.ENGINE)
    with DbSession(engine) as db:
        yield db
    engine.dispose()


@pytest.fixture
def make(db: DbSession) -> Records:
    """Makes users, sessions, projects, deploys and the rest."""
    return Records(db, NOW)


@pytest.fixture
def browser(app: Flask, connection: Connection) -> Browser:
    """Somebody who has not signed in."""
    return Browser(app)


@pytest.fixture
def sign_in(app: Flask, make: Records) -> Any:
    """Signs a new person of a role in, or an existing user: `sign_in(Role.OPERATOR)`, `sign_in(user=user)`."""

    def sign_in(role: Role | None = None, *, user: User | None = None) -> Browser:
        return Browser(app, user or make.user(role=role))

    return sign_in


def actor_of(user: User) -> Actor:
    """The user as the services know people."""
    return Actor(id=user.id, name=user.email, role=user.role, origin="127.0.0.1")


@pytest.fixture
def app_with(app, database_url, connection):
    """Makes an application with other settings on the test's connection: `app_with(public_url=…)`."""
    with ExitStack() as until_the_end:

        def app_with(**settings):
            made = create_app(settings_for(database_url, **settings))
            until_the_end.callback(disconnect, made)
            until_the_end.enter_context(bound(made, connection))
            until_the_end.callback(made.extensions["console_live"].close)
            return made

        yield app_with


@pytest.fixture
def tls_app(app_with):
    """One that people reach over TLS."""
    return app_with(public_url="https://console.example.com", trusted_hosts=("console.example.com", "localhost"))
