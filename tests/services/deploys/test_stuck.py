"""Stuck deploys: due for minutes and not taken, with nothing that is meant to hold them."""

from datetime import timedelta

import pytest

from models import DeliveryPause, DeployStatus, HookHost, Role
from services.deploys import stuck
from services.deploys.stuck import HANGING, OVERDUE, StuckHost
from tests.conftest import NOW, actor_of

HOST = "hooks.example.com"
LONG = OVERDUE + timedelta(minutes=1)


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


@pytest.fixture
def overdue(make):
    """Makes a deploy that has been due for longer than any should."""
    return lambda **values: make.deploy(
        **{"status": DeployStatus.QUEUED, "next_attempt_at": NOW - LONG} | values,
    )


def found(db, actor):
    return stuck.stuck(db, actor, now=NOW)


def test_what_has_been_due_for_minutes_is_told_by_host(db, make, operator, overdue):
    overdue()
    overdue(status=DeployStatus.RETRY_SCHEDULED, next_attempt_at=NOW - 3 * LONG)
    overdue(hook_url="https://other.example.com/x")

    assert found(db, operator).hosts == [
        StuckHost(HOST, NOW - 3 * LONG, 2),
        StuckHost("other.example.com", NOW - LONG, 1),
    ]
    assert found(db, operator).since == NOW - 3 * LONG
    assert found(db, operator).waiting == 3


def test_what_is_due_just_now_or_later_is_not_stuck(db, make, operator, overdue):
    overdue(next_attempt_at=NOW - OVERDUE + timedelta(seconds=1))
    overdue(next_attempt_at=NOW + timedelta(hours=1))
    overdue(status=DeployStatus.DEAD_LETTERED)

    assert found(db, operator).hosts == []
    assert not found(db, operator).nobody_works(now=NOW)


@pytest.mark.parametrize("host", [None, HOST])
def test_what_is_paused_is_not_stuck(db, operator, overdue, host):
    overdue()
    db.add(DeliveryPause(host=host, paused_at=NOW, paused_by="ana@example.com", reason="Moving"))
    db.flush()

    assert found(db, operator).hosts == []


@pytest.mark.parametrize(
    ("values", "is_stuck"),
    [
        ({"open_until": NOW + timedelta(minutes=1)}, False),
        ({"open_until": NOW - timedelta(seconds=1)}, False),
        ({"open_until": NOW - LONG}, True),
        ({"served_at": NOW - timedelta(seconds=1)}, False),
        ({"served_at": NOW - LONG}, True),
        ({"served_at": NOW - LONG, "open_until": NOW}, False),
        ({}, True),
    ],
)
def test_a_host_that_was_served_or_tried_lately_moves_though_many_wait(db, operator, overdue, values, is_stuck):
    overdue()
    db.add(HookHost(host=HOST, **values))
    db.flush()

    assert bool(found(db, operator).hosts) is is_stuck


def test_an_attempt_that_no_worker_ends_hangs(db, make, operator):
    make.attempt(status_code=None, duration_ms=None, started_at=NOW - HANGING + timedelta(seconds=1))
    assert found(db, operator).hanging == 0

    make.attempt(status_code=None, duration_ms=None, started_at=NOW - 2 * HANGING)

    assert (found(db, operator).hanging, found(db, operator).hanging_since) == (1, NOW - 2 * HANGING)
    assert found(db, operator).nobody_works(now=NOW)


def test_while_other_hosts_are_served_somebody_works(db, operator, overdue):
    overdue()
    assert found(db, operator).nobody_works(now=NOW)

    db.add(HookHost(host="other.example.com", served_at=NOW - timedelta(seconds=5)))
    db.flush()

    assert found(db, operator).hosts
    assert not found(db, operator).nobody_works(now=NOW)


def test_a_member_is_told_of_the_member_s_own(db, make, overdue):
    member = make.user(role=Role.MEMBER)
    overdue(session=make.session(user=member))
    overdue()
    make.attempt(status_code=None, duration_ms=None, started_at=NOW - 2 * HANGING)

    own = found(db, actor_of(member))

    assert own.hosts == [StuckHost(HOST, NOW - LONG, 1)]
    assert own.hanging == 0
    db.add(DeliveryPause(host=HOST, paused_at=NOW, paused_by="ana@example.com", reason="Moving"))
    db.flush()
    assert found(db, actor_of(member)).hosts == []
