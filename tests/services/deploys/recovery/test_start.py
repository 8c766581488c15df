"""What a recovery takes when it starts."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from models import AuditEvent, Deploy, DeployStatus, Recovery, RecoveryItem, RecoveryItemStatus, RecoveryStatus, Role
from services.deploys import recovery
from services.deploys.limits import Limits
from services.deploys.recovery import Selection
from services.errors import ConflictError, ForbiddenError, InvalidInputError
from tests.conftest import NOW, actor_of
from tests.recoveries import GROUP, OTHER, given_up, queued, send


def items(db, started):
    return db.scalars(
        select(RecoveryItem).where(RecoveryItem.recovery_id == started.id).order_by(RecoveryItem.position)
    ).all()


def test_one_deploy_is_queued_and_the_others_are_held(db, make, begin):
    deploys = given_up(make, 60)

    started = begin(fingerprint=GROUP)
    db.expire_all()

    assert (started.status, started.wave, started.total) == (RecoveryStatus.RUNNING, 1, 60)
    assert [item.wave for item in items(db, started)] == [1, *[2] * 3, *[3] * 56]
    assert [item.deploy_id for item in items(db, started)] == [deploy.id for deploy in deploys], "oldest first"
    assert queued(db, started.id) == [deploys[0].id]
    first, second, *_ = deploys
    assert (first.status, first.next_attempt_at, first.first_attempt_number) == (DeployStatus.QUEUED, NOW, 2)
    assert second.status is DeployStatus.DEAD_LETTERED


def test_the_first_waves_speak_for_every_failure_and_host(db, make, begin):
    common = given_up(make, 57)
    [rare] = given_up(make, 1, fingerprint=OTHER)
    [elsewhere] = given_up(make, 1, host="b.example.com")
    [unknown] = given_up(make, 1, fingerprint=None)

    first, *early = items(db, begin())[:4]

    assert first.deploy_id == common[0].id
    assert {item.deploy_id for item in early} == {rare.id, elsewhere.id, unknown.id}


def test_each_host_advances_in_proportion(db, make, begin):
    given_up(make, 40)
    given_up(make, 20, host="b.example.com")

    hosts = [item.host for item in items(db, begin())]

    assert 8 <= hosts[:30].count("b.example.com") <= 12


def test_what_gave_up_after_the_preview_is_not_taken(db, make, begin, look):
    early, late = given_up(make, 2)
    as_of = look().as_of
    db.execute(update(Deploy).where(Deploy.id == late.id).values(actor="touched"))

    started = begin(as_of=as_of)

    assert [item.deploy_id for item in items(db, started)] == [early.id]


def test_a_preview_of_a_time_to_come_is_refused(db, make, begin):
    given_up(make, 1)

    with pytest.raises(InvalidInputError) as refusal:
        begin(as_of=db.scalar(select(func.clock_timestamp())) + timedelta(minutes=1))
    assert refusal.value.field == "as_of"


def test_two_recoveries_never_hold_the_same_deploy(db, make, begin):
    given_up(make, 3)
    begin(fingerprint=GROUP)
    given_up(make, 2, fingerprint=OTHER)

    assert begin().total == 2
    with pytest.raises(ConflictError, match="Nothing is left"), db.begin_nested():
        begin()
    assert db.scalar(select(func.count()).select_from(Recovery)) == 2


def test_who_started_it_and_each_deploy_it_queues_are_in_the_trail(db, make, begin, operator):
    first, *_ = given_up(make, 3)

    started = begin(fingerprint=GROUP, halt_share=0.5)

    begun, recovered = db.scalars(select(AuditEvent).order_by(AuditEvent.tag.desc())).all()
    assert (begun.tag, begun.actor, begun.subject_id) == ("recovery:start", operator.name, started.id)
    assert begun.after == {"selection": {"group": GROUP}, "deploys": 3, "halt_share": 0.5}
    assert (recovered.tag, recovered.actor, recovered.subject_id) == ("deploy:recover", operator.name, first.id)
    assert recovered.after == {"status": "queued", "recovery_id": str(started.id)}


@pytest.mark.parametrize("share", [0, -0.1, 1.1, float("nan")])
def test_a_share_that_is_none_is_refused(make, begin, share):
    given_up(make, 1)

    with pytest.raises(InvalidInputError) as refusal:
        begin(halt_share=share)
    assert refusal.value.field == "halt_share"


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, None])
def test_who_may_not_recover_deploys_starts_nothing(db, make, role):
    given_up(make, 1)

    with pytest.raises(ForbiddenError):
        recovery.start(
            db,
            actor=actor_of(make.user(role=role)),
            selection=Selection(),
            as_of=NOW,
            limits=Limits(),
            now=NOW,
        )


def test_what_failed_again_can_be_recovered_again(db, make, begin, look, clock):
    first, *_ = given_up(make, 4)
    started = begin()
    send(db, [first.id], at=clock(), ok=False, fingerprint=OTHER, status_code=404)
    recovery.advance(db, now=clock())
    db.expire_all()
    assert started.status is RecoveryStatus.HALTED

    again = look(recovery_id=started.id)

    assert (again.total, again.sample[0].id) == (1, first.id)
    assert begin(recovery_id=started.id).total == 1
    failed = RecoveryItem.status == RecoveryItemStatus.FAILED
    assert db.scalar(select(func.count()).where(failed)) == 1
