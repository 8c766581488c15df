"""Recording what attempts came to, and what follows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, select, text
from sqlalchemy.pool import NullPool

from config import sqlalchemy_url
from models import (
    Deploy,
    DeployStatus,
    ErrorKind,
    FailureGroup,
    GoneHook,
    HookHost,
    HostOutcomes,
    OnboardingSession,
    SessionStatus,
)
from services.database import DbSession
from services.deploys import backoff
from services.deploys.limits import BreakerLimits, Limits
from services.deploys.outcome import AttemptOutcome
from services.deploys.verdict import Verdict
from tests import vaults
from tests.conftest import NOW
from tests.records import Records
from tests.services.deploys.deliveries import BUSY, CREATED, GONE, MISSING, attempts, end, end_all, take
from tests.vaults import url_of
from tests.workers import eventually

A_SECOND = timedelta(seconds=1)


@pytest.fixture
def claimed(db, make):
    """A claimed deploy of a completed session: the deploy, its session and its delivery."""
    session = make.session(status=SessionStatus.COMPLETED)
    deploy = make.deploy(session=session, status=DeployStatus.QUEUED)
    [delivery] = take(db)
    return deploy, session, delivery


def test_a_success_ends_the_deploy_and_is_mirrored_on_the_session(db, make):
    session = make.session(status=SessionStatus.FAILED)
    deploy = make.deploy(session=session, status=DeployStatus.QUEUED, fingerprint="1:of an earlier failure")
    [delivery] = take(db)

    assert end(db, delivery, CREATED) is Verdict.SUCCEEDED

    [attempt] = attempts(db, deploy)
    assert (deploy.status, deploy.next_attempt_at, deploy.fingerprint) == (DeployStatus.SUCCEEDED, None, None)
    assert (attempt.ok, attempt.status_code, attempt.duration_ms, attempt.fingerprint) == (True, 201, 80, None)
    assert session.deploy_response == {"status": 201, "ok": True, "body": '{"job": 1}'}
    assert (session.deploy_triggered_at, session.status) == (NOW, SessionStatus.COMPLETED)


def test_a_passing_failure_is_scheduled_again_by_the_back_off(db, claimed):
    deploy, session, delivery = claimed

    assert end(db, delivery, BUSY) is Verdict.RETRY

    assert deploy.status is DeployStatus.RETRY_SCHEDULED
    assert timedelta(seconds=4) <= deploy.next_attempt_at - NOW <= timedelta(seconds=6)
    assert session.status is SessionStatus.COMPLETED
    assert session.deploy_response["ok"] is False


def test_a_final_failure_is_dead_lettered_and_the_session_turns_failed(db, claimed):
    deploy, session, delivery = claimed

    assert end(db, delivery, MISSING) is Verdict.FINAL

    assert (deploy.status, deploy.next_attempt_at) == (DeployStatus.DEAD_LETTERED, None)
    assert session.status is SessionStatus.FAILED


def test_a_failure_leaves_its_fingerprint_on_the_attempt_the_deploy_and_its_group(db, claimed):
    deploy, _, delivery = claimed

    end(db, delivery, BUSY)

    [attempt] = attempts(db, deploy)
    [group] = db.scalars(select(FailureGroup))
    assert attempt.fingerprint == deploy.fingerprint == group.fingerprint
    assert (group.host, group.status_code, group.attempts) == (deploy.host, 503, 1)
    assert group.sample_attempt_id == attempt.id


def test_a_hook_that_answers_410_is_marked_as_gone_and_one_that_works_again_is_not(db, claimed, make):
    deploy, session, delivery = claimed

    assert end(db, delivery, GONE) is Verdict.GONE
    assert deploy.status is DeployStatus.DEAD_LETTERED
    [mark] = db.scalars(select(GoneHook))
    assert (mark.host, mark.deploy_id, mark.gone_at) == (deploy.host, deploy.id, NOW)
    assert url_of(deploy) not in mark.url_digest

    make.deploy(session=session, hook_url=url_of(deploy), status=DeployStatus.QUEUED)
    [again] = take(db)
    end(db, again, CREATED)
    assert db.scalars(select(GoneHook)).all() == []


def test_a_deploy_that_keeps_failing_is_dead_lettered_after_the_whole_schedule(db, make):
    deploy = make.deploy(status=DeployStatus.QUEUED)
    now = NOW
    for _ in backoff.SCHEDULE_S:
        [delivery] = take(db, now=now)
        end(db, delivery, BUSY, now=now)
        now = deploy.next_attempt_at or now

    assert deploy.status is DeployStatus.DEAD_LETTERED
    assert [attempt.attempt_number for attempt in attempts(db, deploy)] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_the_schedule_is_a_setting(db, claimed):
    deploy, _, delivery = claimed

    end(db, delivery, BUSY, limits=Limits(schedule_s=(0,)))

    assert deploy.status is DeployStatus.DEAD_LETTERED


def test_a_retry_by_hand_begins_the_schedule_anew(db, make):
    deploy = make.deploy(status=DeployStatus.QUEUED, first_attempt_number=9)
    make.attempt(deploy=deploy, attempt_number=8)
    [delivery] = take(db)

    end(db, delivery, BUSY)

    assert deploy.status is DeployStatus.RETRY_SCHEDULED


@pytest.mark.parametrize(
    ("outcome", "least_s", "most_s"),
    [
        (AttemptOutcome(duration_ms=1, status_code=503, retry_after_s=7), 7, 7),
        (AttemptOutcome(duration_ms=1, status_code=503, retry_after_s=3_600), 10, 10),
        (AttemptOutcome(duration_ms=1, status_code=429), 60, 72),
        (AttemptOutcome(duration_ms=1, status_code=429, retry_after_s=90), 90, 90),
        (AttemptOutcome(duration_ms=15_000, error_kind=ErrorKind.TIMEOUT), 60, 72),
    ],
)
def test_a_host_that_asks_for_patience_gets_it_within_bounds(db, claimed, outcome, least_s, most_s):
    deploy, _, delivery = claimed

    end(db, delivery, outcome)

    assert timedelta(seconds=least_s) <= deploy.next_attempt_at - NOW <= timedelta(seconds=most_s)


def test_an_outcome_is_recorded_once(db, claimed):
    deploy, _, delivery = claimed
    end(db, delivery, CREATED)

    assert end(db, delivery, MISSING) is None

    assert (deploy.status, attempts(db, deploy)[0].status_code) == (DeployStatus.SUCCEEDED, 201)


def test_an_outcome_of_an_attempt_that_is_not_there_any_more_is_dropped(db, claimed):
    deploy, _, delivery = claimed
    db.delete(deploy)
    db.flush()

    assert end(db, delivery, CREATED) is None


def test_many_outcomes_are_recorded_together_each_for_its_own_deploy(db, make):
    deploys = {make.deploy(status=DeployStatus.QUEUED).id: None for _ in range(6)}
    deliveries = take(db)
    outcomes = dict(zip(deliveries, [CREATED, BUSY, MISSING, CREATED, GONE, BUSY], strict=True))

    verdicts = end_all(db, outcomes)

    expected = [
        Verdict.SUCCEEDED,
        Verdict.RETRY,
        Verdict.FINAL,
        Verdict.SUCCEEDED,
        Verdict.GONE,
        Verdict.RETRY,
    ]
    assert [verdicts[delivery.attempt_id] for delivery in deliveries] == expected
    assert {delivery.deploy_id for delivery in deliveries} == set(deploys)


def test_a_deploy_is_locked_after_its_session_as_by_whoever_deletes_the_session(fresh_db, fresh_database_url):
    """Else the two would wait for each other, and PostgreSQL end one of them."""
    make = Records(fresh_db, NOW)
    deploy = make.deploy(status=DeployStatus.QUEUED)
    [delivery] = take(fresh_db)
    make.save()
    engine = create_engine(sqlalchemy_url(fresh_database_url), poolclass=NullPool, **vaults.ENGINE)

    def write():
        with DbSession(engine) as db, db.begin():
            end(db, delivery, CREATED)

    with ThreadPoolExecutor(1) as pool:
        fresh_db.execute(
            select(OnboardingSession.id).where(OnboardingSession.id == deploy.session_id).with_for_update()
        )
        written = pool.submit(write)
        with DbSession(engine) as other:
            waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            eventually(lambda: other.scalar(waits) == 1)
        try:
            fresh_db.execute(select(Deploy.id).where(Deploy.id == deploy.id).with_for_update(nowait=True))
        finally:
            fresh_db.rollback()
        written.result(timeout=10)

    assert fresh_db.get_one(Deploy, deploy.id).status is DeployStatus.SUCCEEDED


def test_outcomes_are_counted_for_their_host(db, make):
    for _ in range(3):
        make.deploy(status=DeployStatus.QUEUED, hook_url="https://one.example.com/hook/0123456789abcdef")
    end_all(db, dict(zip(take(db), [CREATED, BUSY, MISSING], strict=True)))

    [counted] = db.scalars(select(HostOutcomes))
    assert (counted.host, counted.succeeded, counted.failed) == ("one.example.com", 2, 1)


def test_a_host_that_fails_too_often_has_its_circuit_opened_and_closed_when_it_answers_again(db, make):
    limits = Limits(breaker=BreakerLimits(least=3, share=0.7))
    for number in range(4):
        url = f"https://one.example.com/hook/{number}-0123456789abcdef"
        make.deploy(status=DeployStatus.QUEUED, hook_url=url)
    first, second, third, fourth = take(db)
    host = db.get(HookHost, "one.example.com")

    end_all(db, {first: BUSY, second: BUSY}, limits=limits)
    assert host.open_until is None
    end(db, third, BUSY, limits=limits)
    assert host.open_until == NOW + 30 * A_SECOND
    end(db, fourth, CREATED, now=NOW + A_SECOND, limits=limits)
    assert host.open_until == NOW + 30 * A_SECOND

    [probe] = take(db, now=NOW + 30 * A_SECOND, limits=limits)
    end(db, probe, CREATED, now=NOW + 31 * A_SECOND, limits=limits)
    assert (host.open_until, host.judged_from) == (None, NOW + 31 * A_SECOND)
    assert len(take(db, now=NOW + 32 * A_SECOND, limits=limits)) == 2
