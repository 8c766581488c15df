"""Workers that are killed under load, and a database that is stopped: nothing is lost, and nothing is done twice."""

import os
import subprocess
import sys
import time
from collections import Counter, defaultdict
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from random import Random

import pytest
from sqlalchemy import select

from config import ROOT
from models import LIVE_STATUSES, Deploy, DeployAttempt, DeployStatus, ErrorKind
from services.database_logins import Process
from tests import database_logins, hook_server
from tests.hook_server import answer_with
from tests.records import Records
from tests.vaults import HOOK_KEY
from tests.workers import eventually

DEPLOYS = 200
KILLS = 4
WORKERS = 2


@pytest.fixture
def random():
    """What is killed when; the seed stands in the output of a test that fails."""
    seed = time.time_ns() % 1_000_000
    print(f"seed {seed}")
    return Random(seed)


@contextmanager
def process(database_url):
    """A worker in a process of its own, as `make worker` starts it."""
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_logins.of(database_url, Process.WORKER),
        "SECRET_KEY": "a secret that only the tests know about",
        "HOOK_KEYS": HOOK_KEY,
        "EGRESS_ALLOW": "127.0.0.1",
        "DEPLOY_CONCURRENCY": "20",
        "HOST_CONCURRENCY": "24",
    }
    worker = subprocess.Popen([sys.executable, "worker.py"], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield worker
    finally:
        if worker.poll() is None:
            worker.terminate()
        assert worker.wait(timeout=30) is not None


def queue(db, hook_url):
    make = Records(db, datetime.now(UTC))
    user = make.user()
    for number in range(DEPLOYS):
        session = make.session(user=user, status="completed")
        kind = "missing" if number % 8 == 0 else "good"
        make.deploy(session=session, status=DeployStatus.QUEUED, hook_url=f"{hook_url}/{kind}/{number}")
    make.save()


def under_way(db):
    """The deploys of which an attempt has been begun and not recorded."""
    db.rollback()
    return set(db.scalars(select(DeployAttempt.deploy_id).where(DeployAttempt.ok.is_(None))))


def live(db):
    db.rollback()
    return db.scalars(select(Deploy.id).where(Deploy.status.in_(LIVE_STATUSES))).all()


def test_killed_workers_lose_no_deploy_and_repeat_only_the_posts_that_were_under_way(
    fresh_db, fresh_database_url, random
):
    def answer(connection, request):
        time.sleep(random.uniform(0.1, 0.6))
        answer_with("404 Not Found" if "/missing/" in request.path else "201 Created")(connection, request)

    killed_with: set[object] = set()
    with hook_server.running() as hook, ExitStack() as workers:
        hook.answer = answer
        queue(fresh_db, hook.url)
        running = [workers.enter_context(process(fresh_database_url)) for _ in range(WORKERS)]
        for _ in range(KILLS):
            posted = len(hook.received)
            eventually(lambda posted=posted: len(hook.received) > posted, within_s=30)
            time.sleep(random.uniform(0, 0.8))
            victim = random.randrange(WORKERS)
            running[victim].kill()
            running[victim].wait()
            killed_with |= under_way(fresh_db)
            running[victim] = workers.enter_context(process(fresh_database_url))
        eventually(lambda: not live(fresh_db), within_s=90)

    assert_each_ended_once(fresh_db)
    assert_repeated_only(fresh_db, hook.received, killed_with)


def assert_each_ended_once(db):
    db.rollback()
    deploys = db.scalars(select(Deploy)).all()
    ended = Counter(deploy.status for deploy in deploys)
    assert ended == {DeployStatus.SUCCEEDED: DEPLOYS * 7 // 8, DeployStatus.DEAD_LETTERED: DEPLOYS // 8}
    attempts = db.scalars(select(DeployAttempt)).all()
    answered = Counter(attempt.deploy_id for attempt in attempts if attempt.error_kind is not ErrorKind.WORKER_LOST)
    assert answered == {deploy.id: 1 for deploy in deploys}


def assert_repeated_only(db, received, killed_with):
    posts = defaultdict(list)
    for request in received:
        posts[request.json["data"]["deployId"]].append(request.headers["idempotency-key"])
    keys = {str(deploy.id): deploy.idempotency_key for deploy in db.scalars(select(Deploy))}
    assert set(posts) == set(keys)
    assert all(set(sent) == {keys[deploy_id]} for deploy_id, sent in posts.items())
    repeated = {deploy_id for deploy_id, sent in posts.items() if len(sent) > 1}
    assert repeated <= {str(deploy_id) for deploy_id in killed_with}
    lost = select(DeployAttempt.deploy_id).where(DeployAttempt.error_kind == ErrorKind.WORKER_LOST)
    assert repeated <= {str(deploy_id) for deploy_id in db.scalars(lost)}
