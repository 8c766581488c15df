"""`Prefer: wait=N`: the answer comes when a real worker has made the first attempt, or when the time is up."""

from threading import Thread
from time import monotonic, sleep

import pytest

from app import create_app
from extensions import database
from models import DeployStatus, Role
from tests import hook_server
from tests.api.program import Program
from tests.conftest import NOW, settings_for
from tests.hook_server import answer_with
from tests.records import Records
from tests.workers import working


@pytest.fixture
def hook():
    with hook_server.running() as server:
        yield server


@pytest.fixture
def make(fresh_db):
    return Records(fresh_db, NOW)


@pytest.fixture
def app(fresh_database_url):
    app = create_app(settings_for(fresh_database_url, prefer_wait_limit_s=10))
    yield app
    with app.app_context():
        database.session.remove()
        database.engine.dispose()


@pytest.fixture
def deploy(app, make, hook):
    """Deploys a new session whose hook is the server's, and tells how long the answer took."""
    session, user = (
        make.session(vercel_hook_url=hook.url, status="completed"),
        make.user(role=Role.OPERATOR),
    )
    make.save()
    program, path = Program(app, user.email), f"/api/console/deploy/{session.id}"

    def deploy(prefer=None):
        began = monotonic()
        answer = program.post(path, headers={"Prefer": prefer} if prefer else {})
        return answer, monotonic() - began

    return deploy


def test_a_waiting_program_is_told_what_the_first_attempt_came_to(fresh_database_url, deploy):
    with working(fresh_database_url):
        answer, took = deploy("wait=10")

    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == "wait=10"
    assert answer.json["deploy"]["status"] == "succeeded"
    assert answer.json["deploy_response"] == {"status": 201, "ok": True, "body": '{"job":{"id":"1"}}'}
    assert answer.json["deploy_triggered_at"] is not None
    assert took < 9


def test_a_failed_first_attempt_is_answered_without_waiting_for_the_second(fresh_database_url, hook, deploy):
    hook.answer = answer_with("503 Service Unavailable", b"busy")

    with working(fresh_database_url):
        answer, took = deploy("respond-async, WAIT = 10")

    assert answer.json["deploy"]["status"] == "retry_scheduled"
    assert answer.json["deploy_response"] == {"status": 503, "ok": False, "body": "busy"}
    assert took < 5


def test_the_first_attempt_after_a_retry_by_hand_is_the_one_that_is_waited_for(fresh_database_url, hook, make, deploy):
    hook.answer = answer_with("404 Not Found", b"gone")
    with working(fresh_database_url):
        first, _ = deploy("wait=10")
        hook.answer = answer_with("201 Created", b"back")
        second, _ = deploy("wait=10")

    assert first.json["deploy"]["status"] == "dead_lettered"
    assert second.json["deploy"] == first.json["deploy"] | {"status": "succeeded"}
    assert second.json["deploy_response"]["body"] == "back"


def test_the_answer_comes_when_the_time_is_up_whether_or_not_the_attempt_has_ended(deploy):
    answer, took = deploy("wait=1")

    assert answer.status_code == 202
    assert answer.headers["Preference-Applied"] == "wait=1"
    assert answer.json["deploy"]["status"] == DeployStatus.QUEUED
    assert 1 <= took < 4


def test_nobody_waits_longer_than_the_console_allows(fresh_database_url, make, hook):
    app = create_app(settings_for(fresh_database_url, prefer_wait_limit_s=1))
    session, user = (
        make.session(vercel_hook_url=hook.url, status="completed"),
        make.user(role=Role.OPERATOR),
    )
    make.save()

    answer = Program(app, user.email).post(f"/api/console/deploy/{session.id}", headers={"Prefer": "wait=999999999999"})

    assert answer.headers["Preference-Applied"] == "wait=1"
    with app.app_context():
        database.engine.dispose()


@pytest.mark.parametrize("prefer", [None, "wait=0", "wait=-5", "wait=soon", "wait", "respond-async", "wait=٣", ",;=,"])
def test_a_wish_that_is_none_is_passed_over(deploy, prefer):
    answer, took = deploy(prefer)

    assert answer.status_code == 202
    assert "Preference-Applied" not in answer.headers
    assert took < 3


def test_a_waiting_program_holds_no_connection(app, hook, deploy, fresh_database_url):
    """While it waits, its pool lends nothing out but for the moments in which it looks."""
    hook.answer = lambda connection, request: sleep(1.5)
    lent = []

    def look():
        with app.app_context():
            lent.append(database.engine.pool.checkedout())

    with working(fresh_database_url):
        waiting = Thread(target=deploy, args=["wait=5"])
        waiting.start()
        while waiting.is_alive():
            look()
            sleep(0.01)
        waiting.join()

    assert lent.count(0) > len(lent) / 2
