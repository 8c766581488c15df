"""What the worker does by schedule, and for people: each with no more than it takes."""

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, select, text

from config import sqlalchemy_url
from models import BulkItem, BulkItemStatus, DeployStatus, MetricDelta, Role, Room, TrashedRecord
from services import bulk, chain, database_roles, metrics, trash, upkeep, waiting_sessions
from services.database_roles import KEEPING_UP, WORKING, DatabaseRole
from services.engine import options_of
from tests.conftest import NOW, actor_of
from tests.services.chain.chains import add


def test_upkeep_does_all_of_its_work_as_a_role_that_sees_no_records(db, make):
    for _ in range(3):
        make.session(status="completed")
    waiting_sessions.enter(db)
    admin = actor_of(make.user(role=Role.ADMIN))
    trash.delete(db, Room, make.room().id, actor=admin, now=NOW - trash.KEPT)
    before = metrics.totals(db, "onboarding_sessions")

    database_roles.stand(db, KEEPING_UP)
    upkeep.run(db, now=NOW)

    assert db.scalar(text("SELECT current_user")) == DatabaseRole.UPKEEP
    assert not db.scalar(text("SELECT has_table_privilege('onboarding_sessions', 'SELECT')"))
    db.execute(text("SET LOCAL ROLE NONE"))
    assert metrics.totals(db, "onboarding_sessions") == before
    assert db.scalars(select(TrashedRecord)).all() == []
    assert len(db.scalars(select(MetricDelta).where(MetricDelta.metric == "onboarding_sessions")).all()) == 1


def test_the_trail_is_sealed_and_shortened_as_that_role(fresh_db):
    add(fresh_db, 1, at=NOW - timedelta(days=91))
    fresh_db.commit()

    with fresh_db.begin():
        database_roles.stand(fresh_db, KEEPING_UP)
        assert chain.seal(fresh_db, now=NOW - timedelta(days=90))
    with fresh_db.begin():
        database_roles.stand(fresh_db, KEEPING_UP)
        assert chain.purge(fresh_db, days=30, now=NOW) == 1
        assert fresh_db.scalar(text("SELECT current_user")) == DatabaseRole.UPKEEP


def test_a_bulk_job_reaches_what_its_person_does_and_nothing_else(db, make):
    member = make.user(role=Role.MEMBER)
    own = make.deploy(session=make.session(user=member, status="completed"))
    foreign = make.deploy()
    job = make.bulk_job(own, foreign, actor=actor_of(member))
    job.act = "deploy:retry"
    job_id = job.id
    db.flush()
    database_roles.stand(db, WORKING)

    assert bulk.advance(db, job_id, now=NOW, context=bulk.ActContext()) == 2

    assert db.scalar(text("SELECT current_user")) == DatabaseRole.OWN
    db.execute(text("SET LOCAL ROLE NONE"))
    db.expire_all()
    items = db.scalars(select(BulkItem).where(BulkItem.job_id == job_id).order_by(BulkItem.position)).all()
    assert [item.status for item in items] == [BulkItemStatus.DONE, BulkItemStatus.SKIPPED]
    assert items[1].reason == "There is no such deploy."
    assert own.status is DeployStatus.QUEUED
    assert foreign.status is DeployStatus.DEAD_LETTERED


@pytest.mark.parametrize("role", [DatabaseRole.WORKER, DatabaseRole.UPKEEP])
def test_a_connection_of_the_workers_is_a_role_from_its_beginning(fresh_database_url, role):
    engine = create_engine(sqlalchemy_url(fresh_database_url), **options_of(role))
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT current_user")) == role
    engine.dispose()
