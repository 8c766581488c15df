"""Admins set a host's limits, operators have an open circuit tried now; both are audited."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import HookHost, Role
from services.deploys import host_controls
from services.errors import ConflictError, ForbiddenError, InvalidInputError
from tests.conftest import NOW, actor_of
from tests.trail import events

HOST = "hooks.example.com"


@pytest.fixture
def admin(make):
    return actor_of(make.user(role=Role.ADMIN))


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


def set_limits(db, actor, host=HOST, **changes):
    return host_controls.set_limits(db, host, actor=actor, **{"max_in_flight": None, "max_per_s": None} | changes)


def test_a_host_gets_limits_of_its_own_and_loses_them_again(db, admin):
    set_limits(db, admin, host="Hooks.Example.com:443", max_in_flight=3, max_per_s=7)
    row = db.get_one(HookHost, HOST)
    assert (row.max_in_flight, row.max_per_s) == (3, 7)

    set_limits(db, admin, max_per_s=7)

    assert (row.max_in_flight, row.max_per_s) == (None, 7)
    none = {"host": HOST, "max_in_flight": None, "max_per_s": None}
    first, second = events(db)
    assert (first.tag, first.before, first.after) == ("host:limit", none, none | {"max_in_flight": 3, "max_per_s": 7})
    assert (second.before, second.after) == (first.after, none | {"max_per_s": 7})


def test_limits_that_are_set_already_are_no_news(db, admin):
    set_limits(db, admin, max_in_flight=3)
    set_limits(db, admin, max_in_flight=3)

    assert len(events(db)) == 1


def test_new_limits_leave_a_hosts_circuit_and_rate_alone(db, admin):
    db.add(HookHost(host=HOST, open_until=NOW, rate_at=NOW, served_at=NOW))
    db.flush()

    row = set_limits(db, admin, max_in_flight=1)

    assert (row.open_until, row.rate_at, row.served_at) == (NOW, NOW, NOW)


@pytest.mark.parametrize(("field", "most"), [("max_in_flight", 1_000), ("max_per_s", 10_000)])
def test_a_limit_is_within_its_bounds(db, admin, field, most):
    for limit in (1, most):
        assert getattr(set_limits(db, admin, **{field: limit}), field) == limit
    for limit in (0, -1, most + 1, 10**30):
        with pytest.raises(InvalidInputError) as refusal:
            set_limits(db, admin, **{field: limit})
        assert refusal.value.field == field


def test_what_is_no_host_gets_no_limits(db, admin):
    with pytest.raises(InvalidInputError):
        set_limits(db, admin, host="a/b", max_in_flight=1)

    assert db.scalars(select(HookHost)).all() == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, Role.OPERATOR])
def test_limits_are_for_admins_to_set(db, make, role):
    with pytest.raises(ForbiddenError):
        set_limits(db, actor_of(make.user(role=role)), max_in_flight=1)


def test_an_open_circuit_is_half_open_once_somebody_asks_for_a_try(db, operator):
    db.add(HookHost(host=HOST, open_until=NOW + timedelta(seconds=20)))
    db.flush()

    host_controls.try_now(db, HOST, actor=operator, now=NOW)

    assert db.get_one(HookHost, HOST).open_until == NOW
    [event] = events(db)
    assert (event.tag, event.after) == ("host:try", {"host": HOST})


@pytest.mark.parametrize("seconds", [None, 0, -5])
def test_a_circuit_that_is_not_open_cannot_be_tried(db, operator, seconds):
    db.add(HookHost(host=HOST, open_until=None if seconds is None else NOW + timedelta(seconds=seconds)))
    db.flush()

    with pytest.raises(ConflictError, match="not open"):
        host_controls.try_now(db, HOST, actor=operator, now=NOW)
    assert events(db) == []


def test_a_host_that_nobody_knows_has_no_open_circuit(db, operator):
    with pytest.raises(ConflictError):
        host_controls.try_now(db, "never.example.com", actor=operator, now=NOW)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_a_try_is_for_operators_and_admins_to_ask_for(db, make, role):
    with pytest.raises(ForbiddenError):
        host_controls.try_now(db, HOST, actor=actor_of(make.user(role=role)), now=NOW)
