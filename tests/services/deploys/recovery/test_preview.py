"""What a preview counts."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models import (
    AuditEvent,
    DeliveryPause,
    Deploy,
    DeployStatus,
    GoneHook,
    HookHost,
    OnboardingSession,
    Role,
    SessionStatus,
)
from services.deploys import recovery
from services.deploys.limits import Limits
from services.deploys.recovery import Selection
from services.deploys.recovery.candidates import Obstacle
from services.errors import ForbiddenError
from tests.conftest import NOW, actor_of
from tests.recoveries import GROUP, OTHER, given_up, group
from tests.vaults import VAULT, url_of


def test_it_counts_by_host_and_by_group_and_names_the_oldest_and_newest(make, look):
    group(make)
    given_up(make, 3)
    given_up(make, 2, fingerprint=OTHER, host="b.example.com", at=NOW - timedelta(hours=2))

    preview = look()

    assert preview.total == 5
    assert [(part.host, part.deploys) for part in preview.hosts] == [("hooks.example.com", 3), ("b.example.com", 2)]
    assert [(part.title, part.deploys) for part in preview.groups] == [
        ("503 from hooks.example.com: busy", 3),
        (OTHER, 2),
    ]
    assert (preview.oldest, preview.newest) == (
        NOW - timedelta(hours=2),
        NOW - timedelta(hours=1) + timedelta(seconds=2),
    )
    assert preview.waves == (1, 1, 3)
    assert preview.skipped == {}


def test_its_sample_is_of_each_failure_and_shows_no_hook(make, look):
    given_up(make, 9)
    [rare] = given_up(make, 1, fingerprint=OTHER, host="b.example.com")

    sample = look().sample

    assert len(sample) == 5
    assert rare.id in [deploy.id for deploy in sample[:2]]
    assert all("…" in deploy.hook and len(deploy.hook) < 40 for deploy in sample)


@pytest.mark.parametrize(
    ("criteria", "count"),
    [
        ({"fingerprint": GROUP}, 3),
        ({"host": "b.example.com"}, 2),
        ({"host": "nowhere.example.com"}, 0),
        ({"status_code": 404}, 2),
        ({"failed_since": NOW - timedelta(minutes=90)}, 3),
        ({"failed_until": NOW - timedelta(minutes=90)}, 2),
        ({"fingerprint": GROUP, "status_code": 404}, 0),
        ({}, 5),
    ],
)
def test_each_criterion_narrows_it(make, look, criteria, count):
    given_up(make, 3)
    given_up(make, 2, fingerprint=OTHER, host="b.example.com", status_code=404, at=NOW - timedelta(hours=2))

    assert look(**criteria).total == count


def test_the_newest_attempt_says_when_and_how_a_deploy_failed(make, look):
    [deploy] = given_up(make, 1)
    make.attempt(deploy=deploy, attempt_number=2, started_at=NOW, status_code=None, error_kind="timeout")

    assert look(status_code=503).total == 0
    assert look(error_kind="timeout", failed_since=NOW).total == 1


def test_only_what_is_dead_lettered_counts(make, look):
    for status in DeployStatus:
        make.deploy(status=status)

    assert look().total == 1


def test_deploys_can_be_chosen_by_hand(make, look):
    first, *_ = given_up(make, 3)

    assert look(deploy_ids=(first.id,)).total == 1


def test_what_is_left_out_is_counted_by_its_reason(db, make, look, begin):
    held, gone, older, drafted, live, fine = given_up(make, 6)
    begin(deploy_ids=(held.id,))
    db.execute(
        update(Deploy).where(Deploy.id == held.id).values(status=DeployStatus.DEAD_LETTERED, next_attempt_at=None)
    )
    db.add(GoneHook(url_digest=VAULT.digest(url_of(gone)), host=gone.host, gone_at=NOW, deploy_id=gone.id))
    make.deploy(session=_session(db, older), created_at=NOW)
    _session(db, drafted).status = SessionStatus.DRAFT
    make.deploy(session=_session(db, live), status=DeployStatus.QUEUED, created_at=NOW - timedelta(days=9))
    db.flush()

    preview = look(host="hooks.example.com")

    assert preview.skipped == {
        Obstacle.NOTHING_TO_DEPLOY: 1,
        Obstacle.HELD: 1,
        Obstacle.NEWER: 2,
        Obstacle.GONE: 1,
    }
    assert preview.total == 2, "the one that is fine, and the newer one of the session with two"
    assert fine.id in [deploy.id for deploy in preview.sample]


def test_a_session_whose_project_could_not_be_made_has_nothing_to_deploy(db, make, look):
    [deploy] = given_up(make, 1)
    _session(db, deploy).deploy_response = None
    db.flush()

    assert look().skipped == {Obstacle.NOTHING_TO_DEPLOY: 1}


def test_the_time_is_told_by_the_slowest_host_and_its_own_limits(db, make, look):
    given_up(make, 20)
    given_up(make, 5, host="slow.example.com")
    usual = look().seconds
    db.add(HookHost(host="slow.example.com", max_in_flight=1, max_per_s=1))
    db.flush()

    assert usual < 10
    assert look().hosts[1].seconds == 5


def test_paused_hosts_and_open_circuits_are_said(db, make, look):
    given_up(make, 2)
    given_up(make, 1, host="b.example.com")
    db.add(DeliveryPause(host="hooks.example.com", paused_at=NOW, paused_by="ana", reason="maintenance"))
    db.add(HookHost(host="b.example.com", open_until=NOW + timedelta(seconds=20)))
    db.flush()

    first, second = look().hosts

    assert (first.paused, first.open_until) == (True, None)
    assert (second.paused, second.open_until) == (False, NOW + timedelta(seconds=20))
    db.add(DeliveryPause(host=None, paused_at=NOW, paused_by="ana", reason="all of it"))
    db.flush()
    assert [part.host for part in look().waits] == ["hooks.example.com", "b.example.com"]


def test_it_changes_nothing(db, make, look):
    given_up(make, 3)

    look()

    assert set(db.scalars(select(Deploy.status))) == {DeployStatus.DEAD_LETTERED}
    assert db.scalars(select(AuditEvent)).all() == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, None])
def test_who_may_not_recover_deploys_sees_no_preview(db, make, role):
    with pytest.raises(ForbiddenError):
        recovery.preview(db, actor=actor_of(make.user(role=role)), selection=Selection(), limits=Limits(), now=NOW)


def _session(db, deploy):
    return db.get_one(OnboardingSession, deploy.session_id)
