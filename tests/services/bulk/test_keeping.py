"""How long bulk jobs are kept: those that are over go in the end, with their items, and no other."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update

from models import AuditEvent, BulkItem, BulkJob
from services import bulk, database_roles, upkeep
from services.bulk import keeping
from services.database_roles import KEEPING_UP
from tests.services.bulk.conftest import moment, start, waiting, work


@pytest.fixture
def over(db, make, operator):
    waiting(make, 2)
    job = start(db, operator)
    work(db, job.id)
    return job


def ended(db, job, age):
    db.execute(update(BulkJob).where(BulkJob.id == job.id).values(ended_at=moment() - age))


def kept(db):
    return set(db.scalars(select(BulkJob.id)))


def test_upkeep_deletes_jobs_that_are_long_over_with_their_items_and_the_trail_stays(db, over):
    ended(db, over, keeping.KEPT + timedelta(minutes=1))

    database_roles.stand(db, KEEPING_UP)
    upkeep.run(db, now=moment())
    db.execute(text("SET LOCAL ROLE NONE"))

    assert kept(db) == set()
    assert db.scalars(select(BulkItem)).all() == []
    assert "bulk_job:start" in db.scalars(select(AuditEvent.tag)).all()


def test_a_job_that_is_not_long_over_stays(db, over):
    ended(db, over, keeping.KEPT - timedelta(minutes=1))

    keeping.forget_old(db, now=moment())

    assert kept(db) == {over.id}


def test_a_job_that_still_runs_stays_however_old_it_is(db, make, operator):
    waiting(make, 1)
    job = start(db, operator)

    keeping.forget_old(db, now=moment() + 10 * keeping.KEPT)

    assert kept(db) == {job.id}


def test_a_job_goes_after_the_one_that_undoes_it(db, over, operator):
    undoing = bulk.undo_done(db, over.id, new_id=uuid4(), actor=operator, now=moment())
    ended(db, over, 2 * keeping.KEPT)
    keeping.forget_old(db, now=moment())
    assert kept(db) == {over.id, undoing.id}

    work(db, undoing.id)
    ended(db, undoing, 2 * keeping.KEPT)
    keeping.forget_old(db, now=moment())
    assert kept(db) == {over.id}

    keeping.forget_old(db, now=moment())
    assert kept(db) == set()
