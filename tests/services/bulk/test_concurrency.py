"""Several workers, and those that die, at one job: real connections that commit."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import OperationalError

from config import sqlalchemy_url
from models import AuditEvent, BulkItem, BulkItemStatus, BulkJob, Deploy, DeployStatus, Role
from services import audit, bulk
from services.bulk import run
from services.bulk.acts import CANCEL_DEPLOY
from services.database import DbSession
from services.engine import ENGINE_OPTIONS
from services.errors import ServiceError
from services.permissions import WORKER
from tests import vaults
from tests.conftest import actor_of
from tests.records import Records
from tests.services.bulk.conftest import CONTEXT, LIST, all_deploys, counts, moment, start, waiting


@pytest.fixture
def make(fresh_db):
    return Records(fresh_db, datetime.now(UTC))


@pytest.fixture
def together(fresh_database_url):
    """Runs acts, each of `act(begin)`, at once; `with begin() as db:` is one transaction of a worker."""
    engine = create_engine(sqlalchemy_url(fresh_database_url), **ENGINE_OPTIONS | vaults.ENGINE | {"pool_size": 8})

    def together(*acts):
        gate = Barrier(len(acts))

        def work(act):
            gate.wait()
            try:
                return act(lambda: DbSession(engine, expire_on_commit=False))
            except ServiceError as error:
                return type(error)

        with ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(work, acts))

    yield together
    engine.dispose()


@pytest.fixture
def job(fresh_db, make):
    """A job that cancels 40 deploys."""
    waiting(make, 40)
    job = start(fresh_db, actor_of(make.user(role=Role.OPERATOR)))
    fresh_db.commit()
    return job


def to_the_end(job_id):
    """An act that does batches of the job until none are left."""

    def act(begin):
        done = 0
        while True:
            with begin() as db, db.begin():
                audit.act_as(db, WORKER)
                moved = bulk.advance(db, job_id, now=moment(), context=CONTEXT)
            if not moved:
                return done
            done += moved

    return act


def test_workers_share_a_job_and_each_record_is_done_once(fresh_db, job, together, monkeypatch):
    monkeypatch.setattr(run, "BATCH", 3)

    done = together(*[to_the_end(job.id)] * 4)

    cancels = fresh_db.scalars(select(AuditEvent.subject_id).where(AuditEvent.tag == "deploy:cancel")).all()
    assert sum(done) == len(cancels) == len(set(cancels)) == 40
    assert sum(1 for share in done if share) > 1
    assert counts(fresh_db, job.id) == ("finished", 40, 0, 0, 0)


def test_a_worker_that_dies_within_a_batch_leaves_nothing_done_and_loses_nothing(fresh_db, job, together, monkeypatch):
    monkeypatch.setattr(run, "BATCH", 10)

    def die(begin):
        with begin() as db, suppress(OperationalError):
            bulk.advance(db, job.id, now=moment(), context=CONTEXT)
            db.execute(select(func.pg_terminate_backend(func.pg_backend_pid())))

    together(die)

    assert counts(fresh_db, job.id) == ("running", 0, 0, 0, 40)
    assert fresh_db.scalar(select(func.count()).where(Deploy.status == DeployStatus.CANCELLED)) == 0
    fresh_db.rollback()
    assert together(to_the_end(job.id)) == [40]
    assert counts(fresh_db, job.id) == ("finished", 40, 0, 0, 0)


def test_a_job_that_is_cancelled_while_workers_are_at_it_adds_up(fresh_db, make, job, together, monkeypatch):
    monkeypatch.setattr(run, "BATCH", 2)
    owner = actor_of(make.user(role=Role.ADMIN))
    fresh_db.commit()

    def cancel(begin):
        with begin() as db, db.begin():
            bulk.cancel(db, job.id, actor=owner, now=moment())

    together(to_the_end(job.id), to_the_end(job.id), cancel)

    done = fresh_db.scalar(select(func.count()).where(Deploy.status == DeployStatus.CANCELLED))
    items = fresh_db.scalar(select(func.count()).where(BulkItem.status == BulkItemStatus.DONE))
    status, *tally = counts(fresh_db, job.id)
    assert tally == [done, 0, 0, 40 - done]
    assert items == done
    assert status in ("cancelled", "finished")


def test_a_form_that_is_sent_twice_at_once_makes_one_job(fresh_db, make, together):
    waiting(make, 5)
    operator = actor_of(make.user(role=Role.OPERATOR))
    fresh_db.commit()
    token = uuid4()

    def confirm(begin):
        with begin() as db, db.begin():
            values = LIST | {"job_id": token, "actor": operator, "now": moment()}
            return bulk.start(db, CANCEL_DEPLOY, all_deploys(), **values).id

    assert set(together(*[confirm] * 4)) == {token}
    assert fresh_db.scalar(select(func.count()).select_from(BulkJob)) == 1
    assert fresh_db.scalar(select(func.count()).select_from(BulkItem)) == 5
