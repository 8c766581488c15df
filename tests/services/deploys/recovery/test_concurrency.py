"""Recoveries, operators and workers at the same deploys at the same moment, on real connections."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import create_engine, delete, func, select, text

from config import sqlalchemy_url
from models import (
    AuditEvent,
    Deploy,
    DeployStatus,
    DeployTrigger,
    OnboardingSession,
    Recovery,
    RecoveryItem,
    RecoveryStatus,
    Role,
)
from services import deploys
from services.database import DbSession
from services.deploys import recovery
from services.deploys.claim import claim
from services.deploys.limits import Limits
from services.deploys.recovery import Selection, abort, advance
from services.engine import ENGINE_OPTIONS
from services.errors import ConflictError, ServiceError
from tests import vaults
from tests.conftest import actor_of
from tests.records import HOOK, Records
from tests.recoveries import given_up, queued, send

NOW = datetime.now(UTC)


@pytest.fixture
def make(fresh_db):
    return Records(fresh_db, NOW)


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


@pytest.fixture
def together(fresh_database_url):
    """Runs acts, each of `act(db)`, in transactions of their own that begin at once; what each returned or refused."""
    engine = create_engine(sqlalchemy_url(fresh_database_url), **ENGINE_OPTIONS | vaults.ENGINE | {"pool_size": 20})

    def together(*acts):
        gate = Barrier(len(acts))

        def run(act):
            try:
                with DbSession(engine, expire_on_commit=False) as db, db.begin():
                    gate.wait()
                    return act(db)
            except ServiceError as error:
                return type(error)

        with ThreadPoolExecutor(len(acts)) as pool:
            return list(pool.map(run, acts))

    yield together
    engine.dispose()


@pytest.fixture
def start(operator):
    """An act that starts a recovery of all that was given up by now."""

    def start(db):
        return recovery.start(
            db,
            actor=operator,
            selection=Selection(),
            as_of=db.scalar(select(func.clock_timestamp())),
            limits=Limits(),
            now=datetime.now(UTC),
        ).total

    return start


def test_of_recoveries_that_start_at_once_each_deploy_is_held_by_one(fresh_db, make, together, start):
    given_up(make, 200)
    make.save()

    totals = together(*[start] * 8)

    assert sorted(totals, key=str) == sorted([200, *[ConflictError] * 7], key=str)
    assert fresh_db.scalar(select(func.count()).select_from(RecoveryItem)) == 200
    assert fresh_db.scalar(select(func.count()).select_from(Recovery)) == 1


def test_a_recovery_and_operators_queue_each_deploy_once(fresh_db, make, together, operator):
    """The operators retry all that the recovery's last wave releases, in the very moment of its release."""
    ids = [deploy.id for deploy in given_up(make, 60)]
    started = recovery.start(
        fresh_db, actor=operator, selection=Selection(), as_of=_clock(fresh_db), limits=Limits(), now=NOW
    )
    while started.wave < 3:
        send(fresh_db, queued(fresh_db, started.id), at=NOW)
        advance(fresh_db, now=NOW)
    send(fresh_db, queued(fresh_db, started.id), at=NOW)
    fresh_db.commit()

    def retry(deploy_id):
        return lambda db: deploys.retry(db, deploy_id, actor=operator, now=NOW) and "retried"

    ended = together(*[retry(deploy_id) for deploy_id in ids[14:26]], lambda db: advance(db, now=NOW))
    fresh_db.expire_all()

    by_recovery, retried = ended.pop(), ended.count("retried")
    assert ended.count(ConflictError) == 12 - retried
    tags = fresh_db.scalars(select(AuditEvent.tag).where(AuditEvent.subject_id.in_(ids[14:]))).all()
    assert tags.count("deploy:recover") == by_recovery
    assert tags.count("deploy:retry") == retried
    live = fresh_db.scalars(select(Deploy.id).where(Deploy.status == DeployStatus.QUEUED)).all()
    assert len(live) == len(set(live)) == by_recovery + retried


def test_a_new_deploy_of_the_session_goes_before_its_recovery(fresh_db, make, together, operator, start):
    """Both would make the session's one live deploy; whoever is second finds it and leaves it alone."""
    for _ in range(10):
        [old] = given_up(make, 1)
        make.save()
        session_id = old.session_id

        def request(db, session_id=session_id):
            return deploys.request(
                db, session_id, trigger=DeployTrigger.API, actor=operator, now=datetime.now(UTC), default_hook_url=HOOK
            ).id

        together(request, start)
        fresh_db.rollback()

        live = select(func.count()).where(Deploy.session_id == session_id, Deploy.status == DeployStatus.QUEUED)
        assert fresh_db.scalar(live) == 1


def test_a_session_that_is_deleted_while_a_recovery_starts_is_not_recovered(fresh_db, make, together, start):
    for _ in range(10):
        ids = [deploy.session_id for deploy in given_up(make, 60)]
        make.save()

        def forget(session_id):
            return lambda db: db.execute(delete(OnboardingSession).where(OnboardingSession.id == session_id)).rowcount

        started, *forgotten = together(start, *[forget(session_id) for session_id in ids[:15]])

        assert forgotten == [1] * 15
        assert 45 <= started <= 60
        fresh_db.execute(text("DELETE FROM deploys"))
        fresh_db.execute(text("DELETE FROM recoveries"))
        fresh_db.commit()


def test_many_workers_move_a_recovery_on_as_one_would(fresh_db, make, together, start):
    given_up(make, 50)
    make.save()
    start(fresh_db)
    send(fresh_db, fresh_db.scalars(select(Deploy.id).where(Deploy.status == DeployStatus.QUEUED)), at=NOW)
    fresh_db.commit()

    moved = together(*[lambda db: advance(db, now=datetime.now(UTC))] * 10)

    assert sum(moved) == 2, "the second wave, once"
    assert fresh_db.scalar(select(func.count()).where(AuditEvent.tag == "deploy:recover")) == 3


def test_what_an_abort_takes_back_no_worker_has(fresh_db, make, together, operator, start):
    for _ in range(5):
        given_up(make, 1)
        make.save()
        start(fresh_db)
        fresh_db.commit()
        recovery_id = fresh_db.scalar(select(Recovery.id).where(Recovery.ended_at.is_(None)))

        claimed, _ = together(
            lambda db: len(claim(db, free=10, now=datetime.now(UTC) + timedelta(seconds=1), limits=Limits())),
            lambda db, recovery_id=recovery_id: abort(db, recovery_id, actor=operator, now=datetime.now(UTC)).id,
        )
        fresh_db.expire_all()

        aborted = fresh_db.get_one(Recovery, recovery_id)
        assert aborted.status is RecoveryStatus.ABORTED
        under_way = fresh_db.scalars(select(Deploy).where(Deploy.status == DeployStatus.IN_FLIGHT)).all()
        assert len(under_way) == claimed
        assert (aborted.ended_at is None) == bool(claimed)
        send(fresh_db, [deploy.id for deploy in under_way], at=NOW)
        fresh_db.execute(text("DELETE FROM deploys"))
        fresh_db.execute(text("DELETE FROM recoveries"))
        fresh_db.commit()


def _clock(db):
    return db.scalar(select(func.clock_timestamp()))
