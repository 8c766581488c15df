"""How a recovery moves on, and what halts it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from models import (
    AuditEvent,
    DeliveryPause,
    Deploy,
    DeployStatus,
    GoneHook,
    HookHost,
    OnboardingSession,
    RecoveryItem,
    RecoveryItemStatus,
    RecoveryStatus,
    SessionStatus,
)
from services import deploys
from services.deploys.recovery.advance import advance
from services.deploys.recovery.progress import get_progress
from tests.conftest import NOW
from tests.recoveries import GROUP, OTHER, given_up, group, queued, send
from tests.vaults import VAULT, url_of


@pytest.fixture
def tick(db, clock):
    """Moves all recoveries on, as a worker does about once a second."""

    def tick():
        count = advance(db, now=clock())
        db.expire_all()
        return count

    return tick


@pytest.fixture
def run(db, clock, tick):
    """Sends what is queued, well, until nothing is, and returns how many went at a time."""

    def run(started, **outcome):
        went = []
        while due := queued(db, started.id):
            went.append(len(due))
            send(db, due, at=clock(), **outcome)
            tick()
        return went

    return run


def count(db, started, status):
    query = select(func.count()).where(RecoveryItem.recovery_id == started.id, RecoveryItem.status == status)
    return db.scalar(query)


def reasons(db, started):
    return db.scalars(
        select(RecoveryItem.reason).where(
            RecoveryItem.recovery_id == started.id, RecoveryItem.status == RecoveryItemStatus.SKIPPED
        )
    ).all()


def test_all_goes_in_waves_and_it_finishes(db, make, begin, run):
    given_up(make, 100)

    started = begin()
    went = run(started)

    assert went[:2] == [1, 5]
    assert sum(went) == 100
    assert max(went) == 10, "a tenth of the last wave at a time"
    assert (started.status, started.wave) == (RecoveryStatus.FINISHED, 3)
    assert started.ended_at is not None
    assert started.tally == {"succeeded": 100}
    assert set(db.scalars(select(Deploy.status))) == {DeployStatus.SUCCEEDED}
    tags = db.scalars(select(AuditEvent.tag)).all()
    assert {tag: tags.count(tag) for tag in set(tags)} == {
        "recovery:start": 1,
        "deploy:recover": 100,
        "recovery:finish": 1,
    }


def test_one_deploy_alone_is_a_recovery_too(make, begin, run):
    given_up(make, 1)

    started = begin()

    assert run(started) == [1]
    assert started.status is RecoveryStatus.FINISHED


def test_it_waits_while_a_deploy_is_under_way(db, make, begin, tick):
    given_up(make, 3)
    started = begin()
    db.execute(
        update(Deploy).where(Deploy.id.in_(queued(db, started.id))).values(status="in_flight", next_attempt_at=None)
    )

    assert [tick(), tick()] == [0, 0]
    assert (started.wave, started.status) == (1, RecoveryStatus.RUNNING)


def test_the_same_failure_halts_it_after_one_deploy(db, make, begin, run):
    group(make)
    given_up(make, 50)

    started = begin()

    assert run(started, ok=False, status=DeployStatus.RETRY_SCHEDULED) == [1]
    assert started.status is RecoveryStatus.HALTED
    assert started.status_reason == (
        "Wave 1 met the same failure again, so its cause is still there: 503 from hooks.example.com: busy (1 of 1)."
    )
    assert count(db, started, RecoveryItemStatus.WAITING) == 49
    assert db.scalars(select(AuditEvent.tag).order_by(AuditEvent.at)).all()[-1] == "recovery:halt"


def test_the_failure_of_another_group_of_the_selection_halts_it_too(make, begin, run):
    given_up(make, 30)
    given_up(make, 10, fingerprint=OTHER)

    started = begin()
    run(started, ok=False, fingerprint=OTHER)

    assert started.status is RecoveryStatus.HALTED
    assert OTHER in started.status_reason


def test_a_new_failure_is_borne_until_its_share_is_too_large(db, make, begin, tick, clock):
    given_up(make, 200)
    started = begin(halt_share=0.2)
    send(db, queued(db, started.id), at=clock())
    tick()
    first, *others = queued(db, started.id)
    assert len(others) == 9
    send(db, [first], at=clock(), ok=False, fingerprint="1:new")
    send(db, others, at=clock())
    tick()
    assert (started.status, started.wave) == (RecoveryStatus.RUNNING, 3), "one of ten is borne"

    send(db, queued(db, started.id)[:10], at=clock(), ok=False, fingerprint="1:new")
    tick()

    assert started.status is RecoveryStatus.HALTED
    assert started.status_reason == "In wave 3, 10 of 10 failed, more than 20%."


def test_a_halt_takes_back_what_nobody_has_sent(db, make, begin, tick, clock):
    given_up(make, 400)
    started = begin()
    while started.wave < 3:
        send(db, queued(db, started.id), at=clock())
        tick()
    bad, under_way, *others = queued(db, started.id)
    assert len(others) == 36
    db.execute(update(Deploy).where(Deploy.id == under_way).values(status="in_flight", next_attempt_at=None))
    make.attempt(deploy=db.get(Deploy, under_way), attempt_number=2, duration_ms=None, status_code=None)
    send(db, [bad], at=clock(), ok=False)
    tick()

    assert started.status is RecoveryStatus.HALTED
    assert queued(db, started.id) == [under_way]
    statuses = db.scalars(select(Deploy.status).where(Deploy.id.in_(others))).all()
    assert set(statuses) == {DeployStatus.DEAD_LETTERED}
    assert count(db, started, RecoveryItemStatus.WAITING) == 377
    assert db.scalars(select(AuditEvent).where(AuditEvent.tag == "recovery:halt")).one().after["taken_back"] == 36


def test_what_was_under_way_at_a_halt_is_settled_later(db, make, begin, tick, clock):
    given_up(make, 40)
    started = begin()
    send(db, queued(db, started.id), at=clock())
    tick()
    bad, other = queued(db, started.id)
    db.execute(update(Deploy).where(Deploy.id == other).values(status="in_flight", next_attempt_at=None))
    send(db, [bad], at=clock(), ok=False)
    tick()

    send(db, [other], at=clock())
    tick()

    assert started.status is RecoveryStatus.HALTED
    assert count(db, started, RecoveryItemStatus.SUCCEEDED) == 2


def test_a_lost_worker_says_nothing_of_the_hook(db, make, begin, tick, clock):
    given_up(make, 2)
    started = begin()
    [deploy_id] = queued(db, started.id)
    lost = {"status_code": None, "error_kind": "worker_lost", "fingerprint": GROUP}
    send(db, [deploy_id], at=clock(), ok=False, status=DeployStatus.RETRY_SCHEDULED, **lost)
    tick()
    assert started.wave == 1
    assert queued(db, started.id) == [deploy_id]

    send(db, [deploy_id], at=clock())
    tick()

    assert (started.status, started.wave) == (RecoveryStatus.RUNNING, 2)
    item = db.scalars(select(RecoveryItem).where(RecoveryItem.deploy_id == deploy_id)).one()
    assert (item.status, item.attempt_number) == (RecoveryItemStatus.SUCCEEDED, 3)


def test_a_deploy_that_somebody_cancels_is_skipped(db, make, begin, tick, clock, operator):
    given_up(make, 30)
    started = begin()
    [canary] = queued(db, started.id)
    deploys.cancel(db, canary, actor=operator, now=clock())

    tick()

    assert reasons(db, started) == ["Somebody cancelled the deploy before it was sent."]
    assert (started.wave, len(queued(db, started.id))) == (1, 1), "another goes alone in its place"


def test_a_deploy_of_which_an_earlier_attempt_succeeded_after_all_is_skipped(db, make, begin, tick):
    given_up(make, 2)
    started = begin()
    [canary] = queued(db, started.id)
    db.execute(update(Deploy).where(Deploy.id == canary).values(status=DeployStatus.SUCCEEDED, next_attempt_at=None))

    tick()

    assert reasons(db, started) == ["An earlier attempt of the deploy had succeeded after all."]


def test_a_deploy_that_somebody_retries_is_skipped(db, make, begin, run, clock, operator):
    *_, last = given_up(make, 30)
    started = begin()
    deploys.retry(db, last.id, actor=operator, now=clock())

    run(started)

    assert reasons(db, started) == ["Somebody retried the deploy meanwhile, so it was not this recovery's to queue."]
    assert started.status is RecoveryStatus.FINISHED
    assert started.tally == {"succeeded": 29, "skipped": 1}
    assert db.get(Deploy, last.id).status is DeployStatus.QUEUED


def test_what_can_no_longer_be_replayed_is_skipped_with_its_reason(db, make, begin, run):
    _, gone, older, drafted = given_up(make, 4)
    started = begin()
    db.add(GoneHook(url_digest=VAULT.digest(url_of(gone)), host=gone.host, gone_at=NOW, deploy_id=gone.id))
    make.deploy(session=db.get_one(OnboardingSession, older.session_id), created_at=NOW)
    db.get_one(OnboardingSession, drafted.session_id).status = SessionStatus.DRAFT
    db.flush()

    run(started)

    assert sorted(reasons(db, started)) == [
        "The hook answered that it is gone (410).",
        "The session has a newer deploy, or one that is under way.",
        "The session has nothing to deploy.",
    ]
    assert started.status is RecoveryStatus.FINISHED


def test_a_slow_host_holds_up_none_but_its_own(db, make, begin, tick, clock):
    given_up(make, 100)
    given_up(make, 100, host="slow.example.com")
    started = begin()
    sent = 0
    for _ in range(30):
        fast = [
            deploy.id
            for deploy in db.scalars(select(Deploy).where(Deploy.id.in_(queued(db, started.id))))
            if deploy.host != "slow.example.com" or started.wave < 3
        ]
        sent += len(fast)
        send(db, fast, at=clock())
        tick()

    slow = db.scalars(select(Deploy.host).where(Deploy.id.in_(queued(db, started.id)))).all()
    assert slow == ["slow.example.com"] * 19, "a tenth of the wave, and no more"
    assert sent >= 100


@pytest.mark.parametrize("hold", ["pause", "circuit"])
def test_nothing_is_queued_for_a_host_that_is_paused_or_open(db, make, begin, tick, clock, operator, hold):
    given_up(make, 2, host="held.example.com")
    if hold == "pause":
        held = DeliveryPause(host="held.example.com", paused_at=NOW, paused_by="ana", reason="maintenance")
    else:
        held = HookHost(host="held.example.com", open_until=NOW + timedelta(days=9))
    db.add(held)
    db.flush()

    started = begin()

    assert queued(db, started.id) == []
    [why] = get_progress(db, started.id, actor=operator).held_up
    assert "held.example.com" in why
    db.delete(held)
    db.flush()
    assert tick() == 1


def test_two_recoveries_move_on_side_by_side(db, make, begin, run, tick):
    given_up(make, 5)
    given_up(make, 5, fingerprint=OTHER)
    first, second = begin(fingerprint=GROUP), begin(fingerprint=OTHER)

    run(first)
    run(second)

    assert (first.status, second.status) == (RecoveryStatus.FINISHED, RecoveryStatus.FINISHED)
