"""/api/deliveries: where deploys wait, and the switches."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from models import AuditEvent, DeliveryPause, DeployStatus, HookHost, Role
from tests.api.conftest import assert_described, assert_problem
from tests.conftest import NOW

PAUSE, RESUME = "/api/deliveries/pause", "/api/deliveries/resume"


def pause(program, **body):
    return program.post(PAUSE, json={"reason": "Moving"} | body)


def test_it_tells_what_is_paused_and_where_deploys_wait(operator, make, db):
    make.deploy(status=DeployStatus.QUEUED)
    make.deploy(status=DeployStatus.IN_FLIGHT)
    db.add(HookHost(host="hooks.example.com", open_until=NOW + timedelta(days=9_000), max_in_flight=2))
    db.flush()
    pause(operator, host="hooks.example.com")
    pause(operator)

    answer = operator.get("/api/deliveries")

    assert_described(answer, "GET", "/api/deliveries")
    assert [(told["host"], told["reason"]) for told in answer.json["pauses"]] == [
        (None, "Moving"),
        ("hooks.example.com", "Moving"),
    ]
    [host] = answer.json["hosts"]
    assert (host["host"], host["due"], host["under_way"], host["paused"]) == ("hooks.example.com", 1, 1, True)
    assert (host["circuit"], host["max_in_flight"], host["max_per_s"]) == ("open", 2, 50)
    assert answer.json["next_start"] is None


def test_hosts_may_be_read_from_a_name_on(operator, db):
    db.add_all([HookHost(host="a"), HookHost(host="b")])
    db.flush()

    assert [host["host"] for host in operator.get("/api/deliveries?start=b").json["hosts"]] == ["b"]


@pytest.mark.parametrize("query", ["?start=%00", "?start=a%00b", "?start=" + "x" * 1_001, "?end=a"])
def test_a_start_that_is_no_name_is_refused(operator, query):
    assert operator.get(f"/api/deliveries{query}").status_code in (400, 422)


@pytest.mark.parametrize("host", [None, "hooks.example.com"])
def test_deliveries_are_paused_once_and_resumed_once(operator, db, host):
    paused = pause(operator, host=host)
    assert_described(paused, "POST", PAUSE)
    assert (paused.json["pause"]["host"], paused.json["pause"]["reason"]) == (host, "Moving")
    assert "already" in assert_problem(pause(operator, host=host), 409)

    resumed = operator.post(RESUME, json={"host": host})
    assert_described(resumed, "POST", RESUME)
    assert resumed.json == {"success": True}
    assert "not paused" in assert_problem(operator.post(RESUME, json={"host": host}), 409)

    assert db.scalars(select(DeliveryPause)).all() == []
    assert set(db.scalars(select(AuditEvent.tag))) == {"deliveries:pause", "deliveries:resume"}


def test_all_deliveries_are_resumed_without_a_body(operator):
    pause(operator)

    assert operator.post(RESUME).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "reason"),
        ({"reason": ""}, "reason"),
        ({"reason": "  "}, "reason"),
        ({"reason": None}, "reason"),
        ({"reason": 5}, "reason"),
        ({"reason": "x" * 201}, "reason"),
        ({"reason": "a\x00b"}, "reason"),
        ({"reason": "x", "host": ""}, "host"),
        ({"reason": "x", "host": "a/b"}, "host"),
        ({"reason": "x", "host": "a\x00b"}, "host"),
        ({"reason": "x", "host": "a" * 301}, "host"),
        ({"reason": "x", "host": ["a"]}, "host"),
        ({"reason": "x", "hosts": "a"}, "hosts"),
    ],
)
def test_what_cannot_be_paused_is_refused_by_its_field(operator, db, body, field):
    assert_problem(operator.post(PAUSE, json=body), 422, field=field)

    assert db.scalars(select(DeliveryPause)).all() == []


@pytest.mark.parametrize("host", ["", "a/b", "a\x00b", 5])
def test_what_is_no_host_cannot_be_resumed(operator, host):
    assert_problem(operator.post(RESUME, json={"host": host}), 422, field="host")


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_only_operators_and_admins_have_the_switches(program_of, role):
    program = program_of(role)

    assert_problem(pause(program), 403)
    assert_problem(program.post(RESUME), 403)
    assert program.get("/api/deliveries").status_code == (403 if role is Role.MEMBER else 200)
