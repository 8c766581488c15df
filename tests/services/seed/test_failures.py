"""Seeded history has the failure groups that the worker would have found in it, and goes on finding."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC

import pytest
from sqlalchemy import func, select

from models import Deploy, DeployAttempt, DeployStatus, FailureGroup, FailureGroupHour
from services import seed
from services.deploys.failure_groups import hour_of
from services.deploys.fingerprint import likeness
from services.deploys.outcome import AttemptOutcome
from services.seed.hooks import move
from tests.build_host import building
from tests.conftest import NOW
from tests.posting import delivery_to, send
from tests.services.seed.loading import BASE, SESSIONS, count, load
from tests.services.seed.test_history import attempts_of, ended_at, outcome_of
from tests.vaults import url_of


@pytest.fixture
def base() -> Iterator[str]:
    """The demo's receiver, slower than `attempt_limit_s` below where it is slow."""
    with building(slow_s=5, quota=0) as base:
        yield base


def fingerprint_of(host: str, outcome: AttemptOutcome) -> str | None:
    found = likeness(host, outcome)
    return found and found.fingerprint


def test_each_failed_attempt_looks_as_the_worker_would_see_it(history):
    for deploy, attempts in attempts_of(history).items():
        ended = [attempt for attempt in attempts if attempt.duration_ms is not None]
        for attempt in ended:
            assert attempt.fingerprint == fingerprint_of(deploy.host, outcome_of(attempt))
        newest = ended[-1].fingerprint if ended else None
        assert deploy.fingerprint == (None if deploy.status is DeployStatus.SUCCEEDED else newest)


def test_groups_and_their_hours_count_the_attempts(history):
    failed = history.scalars(select(DeployAttempt).where(DeployAttempt.fingerprint.is_not(None))).all()
    groups = {group.fingerprint: group for group in history.scalars(select(FailureGroup))}
    by_hour = Counter((attempt.fingerprint, hour_of(ended_at(attempt))) for attempt in failed)

    assert Counter(attempt.fingerprint for attempt in failed) == {
        fingerprint: group.attempts for fingerprint, group in groups.items()
    }
    assert by_hour == {
        (group.fingerprint, hour.astimezone(UTC)): attempts
        for group, hour, attempts in history.execute(
            select(FailureGroup, FailureGroupHour.hour, FailureGroupHour.attempts).join(FailureGroupHour)
        )
    }
    for fingerprint, group in groups.items():
        times = {ended_at(attempt): attempt.id for attempt in failed if attempt.fingerprint == fingerprint}
        assert (group.first_seen_at, group.last_seen_at) == (min(times), max(times))
        assert group.sample_attempt_id == times[max(times)]


def test_a_second_load_adds_to_the_groups_of_the_first(db):
    load(db)
    groups = count(db, FailureGroup)

    load(db, SESSIONS, 2)

    assert count(db, FailureGroup) == groups
    assert db.scalar(select(func.sum(FailureGroup.attempts))) == count(db, DeployAttempt, ~DeployAttempt.ok)
    assert db.scalar(select(func.sum(FailureGroupHour.attempts))) == count(db, DeployAttempt, ~DeployAttempt.ok)


def test_what_fails_again_in_the_demo_meets_the_group_of_its_history(db, base):
    seed.load(db, sessions=SESSIONS, seed=1, now=NOW, hook_base=base)
    known = set(db.scalars(select(FailureGroup.fingerprint)))
    failing = ("503", "404", "429", "slow", "reset", "https:", "127.0.0.1:9/")

    for kind in failing:
        dead_lettered = db.scalars(select(Deploy).where(Deploy.status == DeployStatus.DEAD_LETTERED))
        deploy = next((deploy for deploy in dead_lettered if kind in url_of(deploy)), None)
        assert deploy, f"no deploy to a hook of kind {kind}"
        outcome = send(url_of(deploy), delivery=delivery_to(url_of(deploy)), attempt_limit_s=0.5)
        again = fingerprint_of(deploy.host, outcome)
        assert again == deploy.fingerprint, outcome
        assert again in known


def test_groups_follow_the_receiver_to_another_port(history):
    before = Counter(history.scalars(select(FailureGroup.attempts)))

    move(history, BASE, "http://127.0.0.1:8099")
    history.expire_all()

    assert Counter(history.scalars(select(FailureGroup.attempts))) == before
    assert {group.host for group in history.scalars(select(FailureGroup))} == {"127.0.0.1:8099", "127.0.0.1:9"}
    for deploy, attempts in attempts_of(history).items():
        for attempt in attempts:
            if attempt.duration_ms is not None:
                assert attempt.fingerprint == fingerprint_of(deploy.host, outcome_of(attempt))
    unknown = select(Deploy.id).where(
        Deploy.fingerprint.is_not(None), Deploy.fingerprint.not_in(select(FailureGroup.fingerprint))
    )
    assert history.scalars(unknown).all() == []
