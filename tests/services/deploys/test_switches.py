"""Deliveries are paused and resumed, for all or for one host, with who and why."""

from datetime import timedelta

import pytest
from sqlalchemy import create_engine, select, text

from config import sqlalchemy_url
from models import DeliveryPause, Role
from services import queue
from services.deploys import switches
from services.errors import ConflictError, ForbiddenError, InvalidInputError
from services.permissions import Actor
from tests.at_once import at_once
from tests.conftest import NOW, actor_of
from tests.records import Records
from tests.trail import events

HOST = "hooks.example.com"


@pytest.fixture
def ana(make):
    return actor_of(make.user(role=Role.OPERATOR))


def pause(db, actor, **changes):
    return switches.pause(db, actor=actor, now=NOW, **{"host": None, "reason": "The host is moving."} | changes)


@pytest.mark.parametrize("host", [None, HOST])
def test_a_pause_says_who_when_and_why_and_is_audited(db, ana, host):
    pause(db, ana, host=host)

    [paused] = switches.pauses(db)
    assert (paused.host, paused.paused_by, paused.paused_at) == (host, ana.name, NOW)
    assert paused.reason == "The host is moving."
    [event] = events(db)
    assert (event.tag, event.actor_id, event.before) == ("deliveries:pause", ana.id, None)
    assert event.after == {"host": host, "reason": "The host is moving."}


@pytest.mark.parametrize("host", [None, HOST])
def test_a_resume_takes_the_pause_away_and_is_audited(db, ana, host):
    pause(db, ana, host=host)

    switches.resume(db, host=host, actor=ana, now=NOW + timedelta(hours=1))

    assert switches.pauses(db) == []
    assert [event.tag for event in events(db)] == ["deliveries:pause", "deliveries:resume"]
    assert events(db)[1].before == {"host": host, "reason": "The host is moving."}


def test_the_switch_of_all_and_those_of_hosts_do_not_touch_each_other(db, ana):
    pause(db, ana, host="b.example.com")
    pause(db, ana)
    pause(db, ana, host="a.example.com")
    assert [paused.host for paused in switches.pauses(db)] == [None, "a.example.com", "b.example.com"]

    switches.resume(db, host=None, actor=ana, now=NOW)

    assert [paused.host for paused in switches.pauses(db)] == ["a.example.com", "b.example.com"]


def test_a_host_is_paused_under_the_name_that_its_deploys_have(db, make, ana):
    deploy = make.deploy(hook_url="https://Hooks.Example.com.:443/deploy/x")

    assert pause(db, ana, host=" HOOKS.example.com:443 ").host == deploy.host
    with pytest.raises(ConflictError):
        pause(db, ana, host="hooks.example.com.")
    switches.resume(db, host="Hooks.Example.com", actor=ana, now=NOW)


@pytest.mark.parametrize("host", [None, HOST])
def test_what_is_paused_cannot_be_paused_nor_what_runs_be_resumed(db, ana, host):
    with pytest.raises(ConflictError, match="not paused"):
        switches.resume(db, host=host, actor=ana, now=NOW)
    pause(db, ana, host=host)
    with pytest.raises(ConflictError, match="paused already"):
        pause(db, ana, host=host, reason="Another reason.")

    assert [paused.reason for paused in switches.pauses(db)] == ["The host is moving."]
    assert len(events(db)) == 1


@pytest.mark.parametrize("reason", ["", "   ", None, "x" * 201, "a\x00b", "a\udc80b", "\x1b[2J", "a\x9bb"])
def test_a_pause_needs_a_reason_that_fits(db, ana, reason):
    with pytest.raises(InvalidInputError) as refusal:
        pause(db, ana, reason=reason)

    assert refusal.value.field == "reason"
    assert switches.pauses(db) == []


def test_a_reason_of_several_lines_becomes_one(db, ana):
    assert pause(db, ana, reason=" The host\r\n is\t moving. ").reason == "The host is moving."


@pytest.mark.parametrize("host", ["", "a/b", "a\x00b", "x" * 400])
def test_what_is_no_host_is_neither_paused_nor_resumed(db, ana, host):
    with pytest.raises(InvalidInputError):
        pause(db, ana, host=host)
    with pytest.raises(InvalidInputError):
        switches.resume(db, host=host, actor=ana, now=NOW)

    assert switches.pauses(db) == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_only_operators_and_admins_have_the_switches(db, make, ana, role):
    other = actor_of(make.user(role=role))

    with pytest.raises(ForbiddenError):
        pause(db, other)
    pause(db, ana)
    with pytest.raises(ForbiddenError):
        switches.resume(db, host=None, actor=other, now=NOW)

    assert len(switches.pauses(db)) == 1


def test_a_rolled_back_pause_leaves_nothing(db, ana):
    db.commit()
    pause(db, ana)
    db.rollback()

    assert (switches.pauses(db), events(db)) == ([], [])


@pytest.mark.parametrize("host", [None, HOST])
def test_of_many_pauses_at_once_one_counts_and_of_many_resumes_too(fresh_db, fresh_database_url, host):
    actor = Actor(id=None, name="ana@example.com", role=Role.OPERATOR)

    paused = at_once(fresh_database_url, 12, lambda db: pause(db, actor, host=host))
    assert (paused.count(None), paused.count(ConflictError)) == (1, 11)
    assert len(fresh_db.scalars(select(DeliveryPause)).all()) == 1

    resumed = at_once(fresh_database_url, 12, lambda db: switches.resume(db, host=host, actor=actor, now=NOW))
    fresh_db.rollback()
    assert (resumed.count(None), resumed.count(ConflictError)) == (1, 11)
    assert fresh_db.scalars(select(DeliveryPause)).all() == []
    assert len(events(fresh_db)) == 2


def test_a_resume_wakes_the_workers_once_it_is_committed(fresh_db, fresh_database_url):
    actor = actor_of(Records(fresh_db, NOW).user(role=Role.OPERATOR))
    pause(fresh_db, actor)
    fresh_db.commit()
    engine = create_engine(sqlalchemy_url(fresh_database_url), isolation_level="AUTOCOMMIT")

    with engine.connect() as listener:
        listener.execute(text(f"LISTEN {queue.DELIVERIES}"))
        switches.resume(fresh_db, host=None, actor=actor, now=NOW)
        fresh_db.commit()
        heard = list(listener.connection.driver_connection.notifies(timeout=10, stop_after=1))
    engine.dispose()

    assert [notice.channel for notice in heard] == [queue.DELIVERIES]
