"""Attempts whose worker died."""

from datetime import timedelta
from random import Random

from sqlalchemy import select

from models import DeployStatus, ErrorKind, HostOutcomes, SessionStatus
from services.deploys import backoff
from services.deploys.delivery import LOST_AFTER
from services.deploys.limits import Limits
from services.deploys.lost import close_lost
from tests.conftest import NOW
from tests.services.deploys.deliveries import BUSY, CREATED, MISSING, attempts, end, end_all, sweep, take

LATER = NOW + LOST_AFTER


def test_an_attempt_that_may_still_be_under_way_is_left_alone(db, make):
    deploy = make.deploy(status=DeployStatus.QUEUED)
    take(db)

    assert sweep(db, now=LATER - timedelta(milliseconds=1)) == 0
    assert deploy.status is DeployStatus.IN_FLIGHT


def test_a_lost_workers_attempt_is_closed_and_the_next_is_made_at_once_with_the_same_key(db, make):
    deploy = make.deploy(status=DeployStatus.QUEUED)
    [first] = take(db)

    assert sweep(db, now=LATER) == 1
    [second] = take(db, now=LATER)

    lost, open_attempt = attempts(db, deploy)
    assert (lost.error_kind, lost.ok) == (ErrorKind.WORKER_LOST, False)
    assert (open_attempt.id, open_attempt.attempt_number) == (second.attempt_id, 2)
    assert second.idempotency_key == first.idempotency_key


def test_a_worker_that_has_just_connected_does_not_take_attempts_of_before_for_lost(db, make):
    """After an outage the one who holds the answer needs the time to write it."""
    make.deploy(status=DeployStatus.QUEUED)
    take(db)
    back_again = NOW + timedelta(minutes=5)

    assert sweep(db, now=back_again + LOST_AFTER / 2, connected_at=back_again) == 0
    assert sweep(db, now=back_again + LOST_AFTER, connected_at=back_again) == 1


def test_a_lost_attempt_is_mirrored_like_any_other_and_does_not_speak_against_its_host(db, make):
    session = make.session(status=SessionStatus.COMPLETED)
    make.deploy(session=session, status=DeployStatus.QUEUED)
    take(db)
    sweep(db, now=LATER)

    assert session.deploy_triggered_at == NOW
    assert session.deploy_response["ok"] is False
    assert session.status is SessionStatus.COMPLETED
    assert db.scalars(select(HostOutcomes)).all() == []


def test_a_hook_that_outlives_every_worker_is_given_up_after_the_whole_schedule(db, make):
    session = make.session(status=SessionStatus.COMPLETED)
    deploy = make.deploy(session=session, status=DeployStatus.QUEUED)
    now = NOW
    while take(db, now=now):
        now += LOST_AFTER
        sweep(db, now=now)

    assert len(attempts(db, deploy)) == len(backoff.SCHEDULE_S)
    assert (deploy.status, deploy.next_attempt_at) == (DeployStatus.DEAD_LETTERED, None)
    assert session.status is SessionStatus.FAILED


def test_an_answer_that_comes_after_its_attempt_was_taken_for_lost_is_kept(db, make):
    deploy = make.deploy(status=DeployStatus.QUEUED)
    [late] = take(db)
    sweep(db, now=LATER)
    take(db, now=LATER)

    assert end(db, late, BUSY, now=LATER) is None

    first, second = attempts(db, deploy)
    assert (first.status_code, first.error_kind) == (503, None)
    assert (second.duration_ms, deploy.status) == (None, DeployStatus.IN_FLIGHT)


def test_a_success_that_comes_late_is_a_success_and_what_follows_it_changes_nothing(db, make):
    session = make.session(status=SessionStatus.COMPLETED)
    deploy = make.deploy(session=session, status=DeployStatus.QUEUED)
    [late] = take(db)
    sweep(db, now=LATER)
    [second] = take(db, now=LATER)

    end(db, late, CREATED, now=LATER)
    end(db, second, MISSING, now=LATER)

    assert deploy.status is DeployStatus.SUCCEEDED
    assert [attempt.status_code for attempt in attempts(db, deploy)] == [201, 404]
    assert (session.status, session.deploy_response["status"]) == (SessionStatus.COMPLETED, 201)


def test_a_late_success_counts_though_the_next_attempts_failure_is_recorded_with_it(db, make):
    deploys = [make.deploy(status=DeployStatus.QUEUED) for _ in range(8)]
    first = take(db)
    later = NOW + timedelta(seconds=30)
    sweep(db, now=later)
    second = take(db, now=later)

    outcomes = dict.fromkeys(first, CREATED) | dict.fromkeys(second, BUSY)
    end_all(db, outcomes, now=later)

    assert {deploy.status for deploy in deploys} == {DeployStatus.SUCCEEDED}
    assert take(db, now=later + timedelta(hours=1)) == []


def test_a_success_that_comes_after_the_deploy_was_given_up_is_a_success_still(db, make):
    session = make.session(status=SessionStatus.COMPLETED)
    deploy = make.deploy(session=session, status=DeployStatus.QUEUED)
    make.attempt(deploy=deploy, attempt_number=len(backoff.SCHEDULE_S) - 1)
    [late] = take(db)
    sweep(db, now=LATER)
    assert deploy.status is DeployStatus.DEAD_LETTERED

    end(db, late, CREATED, now=LATER)

    assert (deploy.status, session.status) == (DeployStatus.SUCCEEDED, SessionStatus.COMPLETED)


def test_a_success_that_comes_late_does_not_undo_a_cancellation(db, make):
    deploy = make.deploy(status=DeployStatus.QUEUED)
    [late] = take(db)
    sweep(db, now=LATER)
    deploy.status, deploy.next_attempt_at = DeployStatus.CANCELLED, None
    db.flush()

    assert end(db, late, CREATED, now=LATER) is None
    assert deploy.status is DeployStatus.CANCELLED


def test_whoever_finds_a_lost_attempt_second_finds_it_closed(db, make):
    make.deploy(status=DeployStatus.QUEUED)
    take(db)

    assert [sweep(db, now=LATER), sweep(db, now=LATER)] == [1, 0]


def test_the_schedule_that_is_set_counts_for_lost_attempts_too(db, make):
    deploy = make.deploy(status=DeployStatus.QUEUED)
    take(db)
    close_lost(db, now=LATER, connected_at=NOW - LOST_AFTER, random=Random(1), limits=Limits(schedule_s=(0,)))

    db.expire_all()
    assert deploy.status is DeployStatus.DEAD_LETTERED
