"""What people do to a recovery under way."""

import pytest
from sqlalchemy import func, select, update

from models import AuditEvent, Deploy, DeployStatus, RecoveryItem, RecoveryStatus, Role
from services import deploys
from services.deploys.recovery import abort, advance, pause, resume
from services.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from tests.conftest import NOW, actor_of
from tests.records import NOBODY
from tests.recoveries import OTHER, given_up, queued, send


@pytest.fixture
def act(db, operator, clock):
    """Does one of the three to a recovery: `act(pause, started, reason="…")`."""

    def act(verb, started, **more):
        changed = verb(db, started.id, **{"actor": operator, "now": clock()} | more)
        db.flush()
        db.expire_all()
        return changed

    return act


@pytest.fixture
def halted(db, make, begin, clock):
    """A recovery of 40 deploys that its first one halted."""
    given_up(make, 40)
    started = begin()
    send(db, queued(db, started.id), at=clock(), ok=False)
    advance(db, now=clock())
    db.expire_all()
    assert started.status is RecoveryStatus.HALTED
    return started


def events(db, tag):
    return db.scalars(select(AuditEvent).where(AuditEvent.tag == tag)).all()


def statuses(db, started):
    rows = db.execute(
        select(RecoveryItem.status, func.count())
        .where(RecoveryItem.recovery_id == started.id)
        .group_by(RecoveryItem.status)
    )
    return {str(status): count for status, count in rows}


def test_a_pause_takes_back_what_nobody_has_sent_and_resuming_queues_it_again(db, make, begin, act, clock):
    given_up(make, 3)
    started = begin()
    [canary] = queued(db, started.id)

    act(pause, started, reason="Let me look first.")

    assert (started.status, started.status_reason) == (RecoveryStatus.PAUSED, "Let me look first.")
    assert db.get(Deploy, canary).status is DeployStatus.DEAD_LETTERED
    assert advance(db, now=clock()) == 0
    act(resume, started)
    assert advance(db, now=clock()) == 1
    assert queued(db, started.id) == [canary]
    assert len(events(db, "deploy:recover")) == 1, "it is one act, however often it is taken back"
    [event] = events(db, "recovery:pause")
    assert event.after == {"status": "paused", "reason": "Let me look first.", "taken_back": 1}


def test_a_deploy_that_is_being_sent_goes_its_way_through_a_pause(db, make, begin, act, clock):
    given_up(make, 3)
    started = begin()
    [canary] = queued(db, started.id)
    db.execute(update(Deploy).where(Deploy.id == canary).values(status="in_flight", next_attempt_at=None))

    act(pause, started)
    send(db, [canary], at=clock())
    advance(db, now=clock())

    assert statuses(db, started) == {"succeeded": 1, "waiting": 2}
    assert started.status is RecoveryStatus.PAUSED


def test_an_abort_lets_all_go_for_good(db, make, begin, act, look):
    given_up(make, 5)
    started = begin()
    assert look().total == 0

    act(abort, started, reason="Wrong group.")

    assert statuses(db, started) == {"skipped": 5}
    assert (started.status, started.tally) == (RecoveryStatus.ABORTED, {"skipped": 5})
    assert started.ended_at is not None
    assert set(db.scalars(select(Deploy.status))) == {DeployStatus.DEAD_LETTERED}
    assert look().total == 5, "others may recover them now"
    [event] = events(db, "recovery:abort")
    assert event.after["reason"] == "Wrong group."


def test_an_aborted_recovery_ends_when_what_was_being_sent_has_ended(db, make, begin, act, clock):
    given_up(make, 3)
    started = begin()
    [canary] = queued(db, started.id)
    db.execute(update(Deploy).where(Deploy.id == canary).values(status="in_flight", next_attempt_at=None))

    act(abort, started)
    assert started.ended_at is None
    send(db, [canary], at=clock())
    advance(db, now=clock())

    assert (started.status, started.tally) == (RecoveryStatus.ABORTED, {"succeeded": 1, "skipped": 2})
    assert started.ended_at is not None


def test_what_an_operator_has_queued_meanwhile_is_not_taken_back(db, make, begin, act, operator, clock):
    """The recovery's own attempt has failed, which it does not know yet when it is aborted."""
    given_up(make, 3)
    started = begin()
    [canary] = queued(db, started.id)
    send(db, [canary], at=clock(), ok=False)
    deploys.retry(db, canary, actor=operator, now=clock())

    act(abort, started)
    advance(db, now=clock())
    db.expire_all()

    assert db.get(Deploy, canary).status is DeployStatus.QUEUED
    assert statuses(db, started) == {"failed": 1, "skipped": 2}
    assert started.ended_at is not None


def test_a_halted_recovery_goes_on_only_where_somebody_says_anyway(db, act, halted, clock):
    with pytest.raises(ConflictError, match="halted by itself"):
        act(resume, halted)

    act(resume, halted, anyway=True, reason="The first one is known to be broken.")

    assert halted.status is RecoveryStatus.RUNNING
    assert advance(db, now=clock()) == 2
    [event] = events(db, "recovery:resume")
    assert event.before["status"] == "halted"
    assert "same failure again" in event.before["reason"]
    assert event.after == {"status": "running", "reason": "The first one is known to be broken.", "anyway": True}


def test_going_on_anyway_bears_the_failure_that_was_met_but_not_too_many(db, act, halted, clock):
    act(resume, halted, anyway=True)
    advance(db, now=clock())
    first, second = queued(db, halted.id)
    send(db, [second], at=clock())
    send(db, [first], at=clock(), ok=False)
    advance(db, now=clock())
    db.expire_all()

    assert halted.status is RecoveryStatus.HALTED
    assert halted.status_reason == "In wave 2, 1 of 2 failed, more than 20%."
    act(resume, halted, anyway=True)
    advance(db, now=clock())
    assert halted.wave == 3
    send(db, queued(db, halted.id)[:1], at=clock(), ok=False, fingerprint=OTHER)
    advance(db, now=clock())
    db.expire_all()
    assert halted.status is RecoveryStatus.RUNNING


@pytest.mark.parametrize(
    ("status", "verbs"),
    [
        (RecoveryStatus.RUNNING, (resume,)),
        (RecoveryStatus.PAUSED, (pause,)),
        (RecoveryStatus.HALTED, (pause, resume)),
        (RecoveryStatus.ABORTED, (pause, resume, abort)),
        (RecoveryStatus.FINISHED, (pause, resume, abort)),
    ],
)
def test_what_does_not_fit_its_status_is_a_conflict(db, make, begin, act, status, verbs):
    given_up(make, 2)
    started = begin()
    started.status = status
    db.flush()

    for verb in verbs:
        with pytest.raises(ConflictError):
            act(verb, started)


def test_a_recovery_that_has_ended_by_itself_has_ended(db, make, begin, act, clock):
    given_up(make, 1)
    started = begin()
    send(db, queued(db, started.id), at=clock(), ok=False)
    advance(db, now=clock())
    db.expire_all()

    assert (started.status, started.tally) == (RecoveryStatus.HALTED, {"failed": 1})
    for verb, more in ((resume, {"anyway": True}), (abort, {})):
        with pytest.raises(ConflictError, match="is ended"):
            act(verb, started, **more)


@pytest.mark.parametrize("verb", [pause, resume, abort])
def test_whose_role_does_not_permit_it_changes_nothing(db, make, begin, act, verb):
    given_up(make, 2)
    started = begin()

    with pytest.raises(ForbiddenError):
        act(verb, started, actor=actor_of(make.user(role=Role.VIEWER)))


@pytest.mark.parametrize("verb", [pause, resume, abort])
def test_a_recovery_that_is_not_there_is_not_found(db, operator, verb):
    with pytest.raises(NotFoundError):
        verb(db, NOBODY, actor=operator, now=NOW)


@pytest.mark.parametrize("reason", ["a\x00b", "x" * 201])
def test_a_reason_that_cannot_be_kept_is_refused(db, make, begin, act, reason):
    given_up(make, 2)
    started = begin()

    with pytest.raises(InvalidInputError) as refusal:
        act(pause, started, reason=reason)
    assert refusal.value.field == "reason"
