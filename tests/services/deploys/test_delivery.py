"""Claiming a deploy and recording what came of its attempt."""

from datetime import timedelta
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from models import Deploy, DeployAttempt, DeployStatus, ErrorKind, OnboardingSession, SessionStatus
from services.deploys import backoff
from services.deploys.delivery import LOST_AFTER, Delivery, NotYet, claim, record
from services.deploys.outcome import AttemptOutcome
from services.deploys.verdict import Verdict
from tests.conftest import NOW

LONG_AGO = NOW - timedelta(days=1)
CREATED = AttemptOutcome(duration_ms=80, status_code=201, response_excerpt='{"job": 1}')
BUSY = AttemptOutcome(duration_ms=90, status_code=503, response_excerpt="<h1>busy</h1>")
GONE = AttemptOutcome(duration_ms=40, status_code=404, response_excerpt="no such hook")


@pytest.fixture
def random():
    return Random(7)


def attempts(db, deploy):
    rows = select(DeployAttempt).where(DeployAttempt.deploy_id == deploy.id).order_by(DeployAttempt.attempt_number)
    return db.scalars(rows.execution_options(populate_existing=True)).all()


def jobs(db):
    return db.execute(text("SELECT payload, execute_after - now() AS wait FROM pgqueuer")).all()


def test_claiming_writes_the_attempt_before_the_post(db, make):
    deploy = make.deploy(status=DeployStatus.QUEUED, next_attempt_at=NOW)
    project = make.project(onboarding_session_id=deploy.session_id)

    delivery = claim(db, deploy.id, now=NOW, connected_at=LONG_AGO)

    [attempt] = attempts(db, deploy)
    assert delivery == Delivery(
        deploy_id=deploy.id,
        attempt_id=attempt.id,
        attempt_number=1,
        hook_url=deploy.hook_url,
        idempotency_key=deploy.idempotency_key,
        trigger=deploy.trigger,
        session_id=deploy.session_id,
        project_id=project.id,
        started_at=NOW,
    )
    assert (attempt.started_at, attempt.duration_ms, attempt.ok) == (NOW, None, None)
    assert (deploy.status, deploy.next_attempt_at) == (DeployStatus.IN_FLIGHT, None)


@pytest.mark.parametrize("status", [DeployStatus.SUCCEEDED, DeployStatus.DEAD_LETTERED, DeployStatus.CANCELLED])
def test_there_is_nothing_to_claim_once_a_deploy_has_ended(db, make, status):
    deploy = make.deploy(status=status)

    assert claim(db, deploy.id, now=NOW, connected_at=LONG_AGO) is None
    assert attempts(db, deploy) == []


def test_there_is_nothing_to_claim_where_the_deploy_is_gone(db):
    assert claim(db, uuid4(), now=NOW, connected_at=LONG_AGO) is None


def test_a_job_that_comes_early_is_told_how_long_to_wait(db, make):
    deploy = make.deploy(status=DeployStatus.RETRY_SCHEDULED, next_attempt_at=NOW + timedelta(minutes=5))

    assert claim(db, deploy.id, now=NOW, connected_at=LONG_AGO) == NotYet(timedelta(minutes=5))
    assert attempts(db, deploy) == []


def test_an_attempt_that_may_still_be_under_way_is_left_alone(db, make):
    deploy = make.deploy(status=DeployStatus.QUEUED)
    claim(db, deploy.id, now=NOW, connected_at=LONG_AGO)

    again = claim(db, deploy.id, now=NOW + timedelta(seconds=8), connected_at=LONG_AGO)

    assert again == NotYet(LOST_AFTER - timedelta(seconds=8))
    assert len(attempts(db, deploy)) == 1


def test_a_lost_workers_attempt_is_closed_and_the_next_has_the_same_key(db, make):
    deploy = make.deploy(status=DeployStatus.QUEUED)
    first = claim(db, deploy.id, now=NOW, connected_at=LONG_AGO)

    second = claim(db, deploy.id, now=NOW + LOST_AFTER, connected_at=LONG_AGO)

    lost, open_attempt = attempts(db, deploy)
    assert (lost.error_kind, lost.ok) == (ErrorKind.WORKER_LOST, False)
    assert (open_attempt.id, open_attempt.attempt_number) == (second.attempt_id, 2)
    assert second.idempotency_key == first.idempotency_key


def test_a_worker_that_has_just_connected_does_not_take_attempts_of_before_for_lost(db, make):
    """After an outage the one who holds the answer needs the time to write it."""
    deploy = make.deploy(status=DeployStatus.QUEUED)
    claim(db, deploy.id, now=NOW, connected_at=LONG_AGO)
    back_again = NOW + timedelta(minutes=5)

    assert claim(db, deploy.id, now=back_again, connected_at=back_again) == NotYet(LOST_AFTER)
    assert isinstance(
        claim(db, deploy.id, now=back_again + LOST_AFTER, connected_at=back_again),
        Delivery,
    )


def test_a_lost_attempt_is_mirrored_like_any_other(db, make):
    deploy = make.deploy(session=make.session(status=SessionStatus.COMPLETED), status=DeployStatus.QUEUED)
    claim(db, deploy.id, now=NOW, connected_at=LONG_AGO)
    claim(db, deploy.id, now=NOW + LOST_AFTER, connected_at=LONG_AGO)

    session = db.get(OnboardingSession, deploy.session_id, populate_existing=True)
    assert session.deploy_triggered_at == NOW
    assert session.deploy_response["ok"] is False
    assert session.status is SessionStatus.COMPLETED


def test_a_hook_that_outlives_every_worker_is_given_up_after_the_whole_schedule(db, make):
    deploy = make.deploy(session=make.session(status=SessionStatus.COMPLETED), status=DeployStatus.QUEUED)
    now = NOW
    while claim(db, deploy.id, now=now, connected_at=LONG_AGO):
        now += LOST_AFTER

    db.expire_all()
    assert len(attempts(db, deploy)) == len(backoff.SCHEDULE_S)
    assert (deploy.status, deploy.next_attempt_at) == (DeployStatus.DEAD_LETTERED, None)
    assert db.get(OnboardingSession, deploy.session_id).status is SessionStatus.FAILED


def test_an_answer_that_comes_after_its_attempt_was_taken_for_lost_is_kept(db, make, random):
    deploy = make.deploy(status=DeployStatus.QUEUED)
    late = claim(db, deploy.id, now=NOW, connected_at=LONG_AGO)
    claim(db, deploy.id, now=NOW + LOST_AFTER, connected_at=LONG_AGO)

    record(db, late, BUSY, now=NOW + LOST_AFTER, random=random)

    db.expire_all()
    first, second = attempts(db, deploy)
    assert (first.status_code, first.error_kind) == (503, None)
    assert (second.duration_ms, deploy.status) == (None, DeployStatus.IN_FLIGHT)


def test_a_success_that_comes_late_is_a_success_and_what_follows_it_changes_nothing(db, make, random):
    session = make.session(status=SessionStatus.COMPLETED)
    deploy = make.deploy(session=session, status=DeployStatus.QUEUED)
    late = claim(db, deploy.id, now=NOW, connected_at=LONG_AGO)
    second = claim(db, deploy.id, now=NOW + LOST_AFTER, connected_at=LONG_AGO)

    record(db, late, CREATED, now=NOW + LOST_AFTER, random=random)
    record(db, second, GONE, now=NOW + LOST_AFTER, random=random)

    db.expire_all()
    assert deploy.status is DeployStatus.SUCCEEDED
    assert [attempt.status_code for attempt in attempts(db, deploy)] == [201, 404]
    assert (session.status, session.deploy_response["status"]) == (SessionStatus.COMPLETED, 201)
    assert jobs(db) == []


def test_a_success_that_comes_after_the_deploy_was_given_up_is_a_success_still(db, make, random):
    session = make.session(status=SessionStatus.COMPLETED)
    deploy = make.deploy(session=session, status=DeployStatus.QUEUED, first_attempt_number=1)
    make.attempt(deploy=deploy, attempt_number=len(backoff.SCHEDULE_S) - 1)
    late = claim(db, deploy.id, now=NOW, connected_at=LONG_AGO)
    assert claim(db, deploy.id, now=NOW + LOST_AFTER, connected_at=LONG_AGO) is None

    record(db, late, CREATED, now=NOW + LOST_AFTER, random=random)

    db.expire_all()
    assert (deploy.status, session.status) == (DeployStatus.SUCCEEDED, SessionStatus.COMPLETED)


def test_an_outcome_is_recorded_once(db, make, random):
    deploy = make.deploy(status=DeployStatus.QUEUED)
    delivery = claim(db, deploy.id, now=NOW, connected_at=LONG_AGO)
    record(db, delivery, CREATED, now=NOW, random=random)

    assert record(db, delivery, GONE, now=NOW, random=random) is None
    db.expire_all()
    assert (deploy.status, attempts(db, deploy)[0].status_code) == (DeployStatus.SUCCEEDED, 201)


def test_a_delivery_does_not_print_its_hook(db, make):
    deploy = make.deploy(status=DeployStatus.QUEUED)

    assert deploy.hook_url not in repr(claim(db, deploy.id, now=NOW, connected_at=LONG_AGO))


def test_a_success_ends_the_deploy_and_is_mirrored_on_the_session(db, make, random):
    session = make.session(status=SessionStatus.FAILED)
    deploy = make.deploy(session=session, status=DeployStatus.QUEUED)

    verdict = record(db, claim(db, deploy.id, now=NOW, connected_at=LONG_AGO), CREATED, now=NOW, random=random)

    db.expire_all()
    [attempt] = attempts(db, deploy)
    assert verdict is Verdict.SUCCEEDED
    assert (deploy.status, deploy.next_attempt_at) == (DeployStatus.SUCCEEDED, None)
    assert (attempt.ok, attempt.status_code, attempt.duration_ms) == (True, 201, 80)
    assert session.deploy_response == {"status": 201, "ok": True, "body": '{"job": 1}'}
    assert (session.deploy_triggered_at, session.status) == (NOW, SessionStatus.COMPLETED)
    assert jobs(db) == []


def test_a_passing_failure_is_scheduled_again_by_the_back_off(db, make, random):
    session = make.session(status=SessionStatus.COMPLETED)
    deploy = make.deploy(session=session, status=DeployStatus.QUEUED)

    verdict = record(db, claim(db, deploy.id, now=NOW, connected_at=LONG_AGO), BUSY, now=NOW, random=random)

    db.expire_all()
    assert (verdict, deploy.status) == (Verdict.RETRY, DeployStatus.RETRY_SCHEDULED)
    assert timedelta(seconds=4) <= deploy.next_attempt_at - NOW <= timedelta(seconds=6)
    [(payload, wait)] = jobs(db)
    assert payload == str(deploy.id).encode()
    assert timedelta(seconds=4) <= wait <= timedelta(seconds=6)
    assert session.status is SessionStatus.COMPLETED
    assert session.deploy_response["ok"] is False


def test_a_final_failure_is_dead_lettered_and_the_session_turns_failed(db, make, random):
    session = make.session(status=SessionStatus.COMPLETED)
    deploy = make.deploy(session=session, status=DeployStatus.QUEUED)

    verdict = record(db, claim(db, deploy.id, now=NOW, connected_at=LONG_AGO), GONE, now=NOW, random=random)

    db.expire_all()
    assert (verdict, deploy.status) == (Verdict.FINAL, DeployStatus.DEAD_LETTERED)
    assert (session.status, jobs(db)) == (SessionStatus.FAILED, [])


def test_a_deploy_that_keeps_failing_is_dead_lettered_after_the_whole_schedule(db, make, random):
    deploy = make.deploy(status=DeployStatus.QUEUED)
    now = NOW
    for _ in backoff.SCHEDULE_S:
        record(db, claim(db, deploy.id, now=now, connected_at=LONG_AGO), BUSY, now=now, random=random)
        db.expire_all()
        now = deploy.next_attempt_at or now

    assert deploy.status is DeployStatus.DEAD_LETTERED
    assert [attempt.attempt_number for attempt in attempts(db, deploy)] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_retry_by_hand_begins_the_schedule_anew(db, make, random):
    deploy = make.deploy(status=DeployStatus.QUEUED, first_attempt_number=9)
    make.attempt(deploy=deploy, attempt_number=8)

    record(db, claim(db, deploy.id, now=NOW, connected_at=LONG_AGO), BUSY, now=NOW, random=random)

    status = db.scalar(select(Deploy.status).where(Deploy.id == deploy.id))
    assert status is DeployStatus.RETRY_SCHEDULED
