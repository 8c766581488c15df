"""Where a hook is used: sessions that name it, live deploys and how many ended ones, as far as one may see them."""

import psycopg

from models import DeployStatus, Role, SessionStatus
from services.deploys import hook_uses
from tests.conftest import NOW, actor_of
from tests.records import HOOK, Records
from tests.vaults import mark_gone

OTHER = "https://hooks.example.com/deploy/another"


def look(db, actor, url=HOOK, default=None):
    return hook_uses.of_url(db, url, actor=actor, default_hook_url=default)


def test_sessions_are_found_by_either_place_in_which_they_name_it(db, make):
    viewer = actor_of(make.user(role=Role.VIEWER))
    own = make.session(vercel_hook_url=f"{HOOK} ")
    override = make.session(survey={"vercelHookOverride": HOOK})
    make.session(vercel_hook_url=OTHER)

    found = look(db, viewer)

    assert {session.id for session in found.sessions} == {own.id, override.id}
    assert not found.has_more_sessions


def test_live_deploys_are_listed_and_ended_ones_counted(db, make):
    viewer = actor_of(make.user(role=Role.VIEWER))
    live = [
        make.deploy(status=status)
        for status in (DeployStatus.QUEUED, DeployStatus.IN_FLIGHT, DeployStatus.RETRY_SCHEDULED)
    ]
    for status in (DeployStatus.SUCCEEDED, DeployStatus.DEAD_LETTERED, DeployStatus.CANCELLED):
        make.deploy(status=status)
    make.deploy(status=DeployStatus.QUEUED, hook_url=OTHER)

    found = look(db, viewer)

    assert {deploy.id for deploy in found.live} == {deploy.id for deploy in live}
    assert found.past == 3


def test_a_member_sees_their_own_alone(db, make):
    member = make.user()
    own = make.session(user=member, vercel_hook_url=HOOK, status=SessionStatus.COMPLETED)
    mine = make.deploy(session=own, status=DeployStatus.QUEUED)
    make.deploy(session=make.session(vercel_hook_url=HOOK, status=SessionStatus.COMPLETED), status=DeployStatus.QUEUED)
    make.deploy()

    found = look(db, actor_of(member))

    assert ([session.id for session in found.sessions], [deploy.id for deploy in found.live]) == ([own.id], [mine.id])
    assert found.past == 0


def test_the_default_and_a_gone_hook_are_told_of(db, make):
    viewer = actor_of(make.user(role=Role.VIEWER))
    mark_gone(db, HOOK, deploy_id=make.deploy().id, now=NOW)

    assert look(db, viewer, default=HOOK).is_default
    assert "410 Gone" in look(db, viewer).gone
    assert not look(db, viewer, OTHER, default=HOOK).is_default
    assert look(db, viewer, OTHER).gone is None


def test_sessions_that_take_too_long_to_look_through_are_not_taken_for_none(fresh_db, fresh_database_url, monkeypatch):
    make = Records(fresh_db, NOW)
    viewer = actor_of(make.user(role=Role.VIEWER))
    make.deploy()
    make.save()
    monkeypatch.setattr(hook_uses, "PATIENCE_MS", 50)

    with psycopg.connect(fresh_database_url) as other:
        other.execute("LOCK TABLE onboarding_sessions")  # whoever waits longer than its patience gives up
        assert hook_uses._sessions(fresh_db, HOOK, viewer) is None


def test_only_so_many_sessions_are_listed_and_that_there_are_more_is_said(db, make, monkeypatch):
    monkeypatch.setattr(hook_uses, "SHOWN", 2)
    for _ in range(3):
        make.session(vercel_hook_url=HOOK)

    found = look(db, actor_of(make.user(role=Role.VIEWER)))

    assert len(found.sessions) == 2
    assert found.has_more_sessions
