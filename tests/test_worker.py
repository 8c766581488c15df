"""The worker delivers what is queued, to a real server, from the real queue."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text, update

from config import ROOT
from models import (
    LIVE_STATUSES,
    BulkJob,
    BulkJobStatus,
    Deploy,
    DeployAttempt,
    DeployStatus,
    DeployTrigger,
    OnboardingSession,
    Recovery,
    RecoveryStatus,
    Role,
    SessionStatus,
    SessionText,
)
from services import bulk, deploys
from services.bulk.acts import REDEPLOY_SESSION
from services.database_logins import Process
from services.deploys import recovery, switches
from services.deploys.limits import Limits
from services.deploys.recovery import Selection
from tests import database_logins, hook_server
from tests.conftest import actor_of
from tests.hook_server import answer_with
from tests.records import Records
from tests.recoveries import given_up
from tests.vaults import HOOK_KEY, hooked
from tests.workers import eventually, working


@pytest.fixture
def hook():
    with hook_server.running() as server:
        yield server


@pytest.fixture
def make(fresh_db):
    return Records(fresh_db, datetime.now(UTC))


@pytest.fixture
def ask(fresh_db, make, hook):
    """Requests a deploy of a new, completed session, and commits."""
    operator = actor_of(make.user(role=Role.OPERATOR))

    def ask():
        session = make.session(status=SessionStatus.COMPLETED, vercel_hook_url=hook.url)
        deploy = deploys.request(
            fresh_db,
            session.id,
            trigger=DeployTrigger.OPERATOR,
            actor=operator,
            now=datetime.now(UTC),
            default_hook_url=None,
        )
        fresh_db.commit()
        return deploy

    return ask


SECRET = "a secret that only the tests know about"


def status_of(db, deploy):
    db.rollback()
    return db.scalar(select(Deploy.status).where(Deploy.id == deploy.id))


def attempts(db, deploy):
    db.rollback()
    return db.scalars(
        select(DeployAttempt).where(DeployAttempt.deploy_id == deploy.id).order_by("attempt_number")
    ).all()


def live(db):
    """How many deploys still have a POST to come or under way."""
    db.rollback()
    return db.scalar(select(func.count()).select_from(Deploy).where(Deploy.status.in_(LIVE_STATUSES)))


def test_a_queued_deploy_is_delivered_once(fresh_db, fresh_database_url, hook, ask):
    deploy = ask()

    with working(fresh_database_url):
        eventually(lambda: status_of(fresh_db, deploy) is DeployStatus.SUCCEEDED)

    [attempt] = attempts(fresh_db, deploy)
    [request] = hook.received
    assert (attempt.ok, attempt.status_code) == (True, 201)
    assert request.headers["idempotency-key"] == deploy.idempotency_key
    assert fresh_db.get(OnboardingSession, deploy.session_id).deploy_response["status"] == 201


def test_a_deploy_queued_while_the_worker_waits_is_taken_up_at_once(fresh_db, fresh_database_url, ask):
    with working(fresh_database_url):
        first = ask()
        eventually(lambda: status_of(fresh_db, first) is DeployStatus.SUCCEEDED)
        second = ask()
        eventually(lambda: status_of(fresh_db, second) is DeployStatus.SUCCEEDED, within_s=3)


def test_a_passing_failure_is_tried_again_with_the_same_key(fresh_db, fresh_database_url, hook, ask):
    hook.answer = answer_with("503 Service Unavailable", b"busy")
    deploy = ask()

    with working(fresh_database_url):
        eventually(lambda: status_of(fresh_db, deploy) is DeployStatus.RETRY_SCHEDULED)
        hook.answer = answer_with("201 Created")
        eventually(lambda: status_of(fresh_db, deploy) is DeployStatus.SUCCEEDED, within_s=15)

    assert [attempt.status_code for attempt in attempts(fresh_db, deploy)] == [503, 201]
    assert len({request.headers["idempotency-key"] for request in hook.received}) == 1


def test_a_dead_lettered_deploy_is_delivered_when_an_operator_retries_it(fresh_db, fresh_database_url, hook, ask, make):
    hook.answer = answer_with("404 Not Found", b"no such hook")
    deploy = ask()

    with working(fresh_database_url):
        eventually(lambda: status_of(fresh_db, deploy) is DeployStatus.DEAD_LETTERED)
        assert fresh_db.get(OnboardingSession, deploy.session_id).status is SessionStatus.FAILED
        hook.answer = answer_with("201 Created")
        deploys.retry(fresh_db, deploy.id, actor=actor_of(make.user(role=Role.OPERATOR)), now=datetime.now(UTC))
        fresh_db.commit()
        eventually(lambda: status_of(fresh_db, deploy) is DeployStatus.SUCCEEDED)

    fresh_db.expire_all()
    assert fresh_db.get(OnboardingSession, deploy.session_id).status is SessionStatus.COMPLETED


def test_a_cancelled_deploy_is_never_posted(fresh_db, fresh_database_url, hook, ask, make):
    deploy, other = ask(), ask()
    deploys.cancel(fresh_db, deploy.id, actor=actor_of(make.user(role=Role.OPERATOR)), now=datetime.now(UTC))
    fresh_db.commit()

    with working(fresh_database_url):
        eventually(lambda: status_of(fresh_db, other) is DeployStatus.SUCCEEDED)

    assert [request.json["data"]["deployId"] for request in hook.received] == [str(other.id)]


def test_a_stopping_worker_finishes_what_it_posts(fresh_db, fresh_database_url, hook, ask):
    def slowly(connection, request):
        time.sleep(1)
        answer_with("201 Created")(connection, request)

    hook.answer = slowly
    deploy = ask()

    with working(fresh_database_url):
        eventually(lambda: hook.received)

    assert status_of(fresh_db, deploy) is DeployStatus.SUCCEEDED


@contextmanager
def process(database_url):
    """A worker in a process of its own, whose log is read as it ends."""
    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": SECRET}
    environment |= {"DATABASE_URL": database_logins.of(database_url, Process.WORKER)}
    environment |= {"HOOK_KEYS": HOOK_KEY, "EGRESS_ALLOW": "127.0.0.1"}
    started = subprocess.Popen([sys.executable, "worker.py"], cwd=ROOT, env=environment, stderr=subprocess.PIPE)
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


def test_a_stopping_worker_that_is_told_again_ends_at_once_and_loses_nothing(fresh_db, fresh_database_url, hook, ask):
    told = Event()

    def slowly(connection, request):
        told.wait(10)
        answer_with("201 Created")(connection, request)

    hook.answer = slowly
    deploy = ask()

    with process(fresh_database_url) as worker:
        eventually(lambda: hook.received, within_s=20)
        worker.terminate()
        time.sleep(0.5)
        assert worker.poll() is None, "it finishes what it POSTs"
        worker.terminate()
        assert worker.wait(5) == -signal.SIGTERM
    told.set()

    assert status_of(fresh_db, deploy) is DeployStatus.IN_FLIGHT, "another worker takes it up"


def test_a_database_that_cannot_be_used_is_said_with_what_it_answers(fresh_database_url):
    wrong = urlsplit(fresh_database_url)._replace(path="/no_such_database").geturl()

    with process(wrong) as worker:
        line = next(line for line in worker.stderr if b"is away" in line)

    assert b'database "no_such_database" does not exist' in line


def test_two_workers_share_the_queue_and_post_each_deploy_once(fresh_db, fresh_database_url, hook, ask):
    asked = {str(ask().id) for _ in range(40)}

    with working(fresh_database_url), working(fresh_database_url):
        eventually(lambda: live(fresh_db) == 0, within_s=20)

    posted = [request.json["data"]["deployId"] for request in hook.received]
    assert sorted(posted) == sorted(asked)


def test_a_worker_outlives_the_loss_of_its_connections(fresh_db, fresh_database_url, ask):
    others = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with working(fresh_database_url):
        first = ask()
        eventually(lambda: status_of(fresh_db, first) is DeployStatus.SUCCEEDED)
        fresh_db.execute(others)
        fresh_db.commit()
        second = ask()
        eventually(lambda: status_of(fresh_db, second) is DeployStatus.SUCCEEDED, within_s=20)


def test_a_slow_host_with_many_waiting_does_not_delay_the_others(fresh_db, fresh_database_url, hook, make):
    def slowly(connection, request):
        time.sleep(3)
        answer_with("201 Created")(connection, request)

    with hook_server.running("127.0.0.2") as slow:
        slow.answer = slowly
        for number in range(60):
            make.deploy(status=DeployStatus.QUEUED, hook_url=f"{slow.url}/{number}")
        good = [make.deploy(status=DeployStatus.QUEUED, hook_url=f"{hook.url}/{number}").id for number in range(30)]
        make.save()

        with working(fresh_database_url, host_concurrency=8):
            eventually(lambda: len(hook.received) == 30, within_s=10)

    assert {request.json["data"]["deployId"] for request in hook.received} == {str(deploy_id) for deploy_id in good}
    assert len(slow.received) < 60


def test_what_waits_for_a_paused_host_goes_out_when_it_is_resumed(fresh_db, fresh_database_url, hook, ask, make):
    operator = actor_of(make.user(role=Role.OPERATOR))
    switches.pause(fresh_db, host=None, reason="maintenance", actor=operator, now=datetime.now(UTC))
    deploy = ask()

    with working(fresh_database_url):
        time.sleep(1.5)
        assert (hook.received, status_of(fresh_db, deploy)) == ([], DeployStatus.QUEUED)
        switches.resume(fresh_db, host=None, actor=operator, now=datetime.now(UTC))
        fresh_db.commit()
        eventually(lambda: status_of(fresh_db, deploy) is DeployStatus.SUCCEEDED)


def test_hooks_that_no_key_opens_are_told_of_at_the_start(fresh_db, fresh_database_url, make, caplog):
    for _ in range(3):
        make.deploy(status=DeployStatus.SUCCEEDED, hook_key="deadbeef")
    make.deploy(status=DeployStatus.SUCCEEDED)
    fresh_db.commit()

    with working(fresh_database_url):
        eventually(lambda: "3 hooks are encrypted with a key that HOOK_KEYS lacks" in caplog.text)


def test_the_texts_of_new_sessions_are_indexed_soon(fresh_db, fresh_database_url, make):
    session = make.session(status=SessionStatus.DRAFT, purpose="A shop", target_audience=None)
    fresh_db.commit()

    with working(fresh_database_url):
        eventually(lambda: indexed_texts(fresh_db) == [(session.id, "a shop")])


def indexed_texts(db):
    db.rollback()
    return db.execute(select(SessionText.session_id, SessionText.text)).all()


def test_a_bulk_job_is_done_with_the_settings_of_the_worker(fresh_db, fresh_database_url, hook, make):
    operator = actor_of(make.user(role=Role.OPERATOR))
    with make.at_once():
        for _ in range(3):
            make.session(user=make.user(id=uuid4()), status=SessionStatus.COMPLETED)
    job = bulk.start(
        fresh_db,
        REDEPLOY_SESSION,
        select(OnboardingSession.id),
        job_id=uuid4(),
        list_name="Sessions",
        list_url="/admin/session/",
        actor=operator,
        now=datetime.now(UTC),
        confirmed=3,
    )
    fresh_db.commit()

    with working(fresh_database_url, default_hook_url=hook.url):
        eventually(lambda: job_status(fresh_db, job) is BulkJobStatus.FINISHED)
        eventually(lambda: len(hook.received) == 3 and not live(fresh_db))

    assert (job.done, job.skipped, job.failed) == (3, 0, 0)


def job_status(db, job):
    db.rollback()
    return db.get_one(BulkJob, job.id, populate_existing=True).status


def test_a_recovery_that_cannot_be_moved_on_does_not_hold_up_the_others(fresh_db, fresh_database_url, hook, make):
    """The first one meets a trigger that refuses whatever is done to its deploys."""
    operator = actor_of(make.user(role=Role.OPERATOR))
    hosts = urlsplit(hook.url).netloc, "127.0.0.2:9"
    stuck, moving = [
        recovery.start(
            fresh_db,
            actor=operator,
            selection=Selection(host=host),
            as_of=fresh_db.scalar(select(func.clock_timestamp())),
            limits=Limits(),
            now=datetime.now(UTC),
        )
        for host in reversed(hosts)
        if given_up(make, 5, host=host)
    ]
    fresh_db.execute(update(Deploy).where(Deploy.host == hosts[0]).values(hooked(hook.url) | {"host": Deploy.host}))
    fresh_db.execute(
        text(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'This one can not be touched.'; END $$"
        )
    )
    fresh_db.execute(
        text(
            "CREATE TRIGGER refuse BEFORE UPDATE ON recovery_items FOR EACH ROW"
            f" WHEN (NEW.recovery_id = '{stuck.id}') EXECUTE FUNCTION refuse()"
        )
    )
    make.save()

    def is_finished():
        fresh_db.rollback()
        return fresh_db.get_one(Recovery, moving.id).status is RecoveryStatus.FINISHED

    with working(fresh_database_url):
        eventually(is_finished, within_s=20)

    assert fresh_db.get_one(Recovery, stuck.id).status is RecoveryStatus.RUNNING


def test_a_worker_goes_by_the_databases_clock_which_all_workers_share(fresh_db, fresh_database_url, make, hook):
    """Here that is an hour ahead of this machine's. Else one whose clock is behind would seem to have been lost."""
    fresh_db.execute(
        text(
            "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS"
            " $$ SELECT pg_catalog.clock_timestamp() + interval '1 hour' $$"
        )
    )
    name = fresh_db.scalar(text("SELECT current_database()"))
    fresh_db.execute(text(f'ALTER DATABASE "{name}" SET search_path = public, pg_catalog'))
    due = datetime.now(UTC) + timedelta(minutes=50)
    deploy = make.deploy(status=DeployStatus.QUEUED, next_attempt_at=due, hook_url=hook.url)
    make.save()

    with working(fresh_database_url):
        eventually(lambda: status_of(fresh_db, deploy) is DeployStatus.SUCCEEDED)

    [attempt] = attempts(fresh_db, deploy)
    assert attempt.started_at > due
