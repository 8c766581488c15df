"""Why deploys wait: told of one deploy, and of all on the console, to each as far as they may see."""

from datetime import timedelta

import pytest

from models import DeliveryPause, DeployStatus, HookHost, Role
from services.deploys import holds, switches
from services.deploys.breaker import Circuit
from services.deploys.fairness import Lane
from services.deploys.holds import Hold, HoldKind
from services.deploys.limits import Limits
from tests.conftest import NOW, actor_of

HOST = "hooks.example.com"
SOON, LATER = NOW + timedelta(seconds=30), NOW + timedelta(hours=1)
FREE = Lane(HOST, max_in_flight=10, max_per_s=50, in_flight=0, rate_at=None, circuit=Circuit())
ALL = DeliveryPause(host=None, paused_at=NOW, paused_by="ana@example.com", reason="Maintenance")
ONE = DeliveryPause(host=HOST, paused_at=NOW, paused_by="bo@example.com", reason="Moving")


def lane(**changes):
    return Lane(**vars(FREE) | changes)


@pytest.mark.parametrize(
    ("due", "pauses", "at", "kinds"),
    [
        (NOW, [], lane(), ["due"]),
        (LATER, [], lane(), ["scheduled"]),
        (NOW, [ALL], lane(), ["paused"]),
        (NOW, [ALL, ONE], lane(), ["paused", "paused"]),
        (LATER, [ONE], lane(), ["paused", "scheduled"]),
        (NOW, [], lane(circuit=Circuit(SOON)), ["circuit_open"]),
        (LATER, [], lane(circuit=Circuit(SOON)), ["scheduled"]),
        (SOON, [], lane(circuit=Circuit(LATER)), ["scheduled", "circuit_open"]),
        (NOW, [ONE], lane(circuit=Circuit(SOON)), ["paused", "circuit_open"]),
        (NOW, [], lane(circuit=Circuit(NOW)), ["due"]),
        (NOW, [], lane(circuit=Circuit(NOW), in_flight=1), ["half_open"]),
        (NOW, [], lane(in_flight=10), ["at_limit"]),
        (NOW, [], lane(rate_at=NOW), ["at_limit"]),
        (NOW, [ONE], lane(in_flight=10), ["paused"]),
    ],
)
def test_a_deploy_waits_for_what_holds_it(due, pauses, at, kinds):
    assert [hold.kind.value for hold in holds.decide(due, pauses, at, now=NOW)] == kinds


def test_a_pause_says_who_and_why_and_a_circuit_until_when():
    paused, circuit = holds.decide(NOW, [ONE], lane(circuit=Circuit(SOON)), now=NOW)

    assert paused == Hold(HoldKind.PAUSED, HOST, NOW, "bo@example.com", "Moving")
    assert circuit == Hold(HoldKind.CIRCUIT_OPEN, HOST, SOON)


def of_deploy(db, deploy):
    return [hold.kind for hold in holds.of_deploy(db, deploy, limits=Limits(host_in_flight=2), now=NOW)]


def test_a_deploys_own_host_counts_and_no_other(db, make):
    deploy = make.deploy(status=DeployStatus.QUEUED)
    db.add_all([HookHost(host="other.example.com", open_until=LATER), DeliveryPause(**vars_of(ONE, host="x"))])
    db.flush()
    assert of_deploy(db, deploy) == [HoldKind.DUE]

    db.add_all([HookHost(host=HOST, open_until=LATER), DeliveryPause(**vars_of(ONE)), DeliveryPause(**vars_of(ALL))])
    db.flush()

    assert of_deploy(db, deploy) == [HoldKind.PAUSED, HoldKind.PAUSED, HoldKind.CIRCUIT_OPEN]


def vars_of(pause, **changes):
    names = ("host", "paused_at", "paused_by", "reason")
    return {name: getattr(pause, name) for name in names} | changes


def test_a_host_at_its_limit_holds_by_its_own_limit_where_it_has_one(db, make):
    deploy = make.deploy(status=DeployStatus.QUEUED)
    make.deploy(status=DeployStatus.IN_FLIGHT)
    assert of_deploy(db, deploy) == [HoldKind.DUE]

    db.add(HookHost(host=HOST, max_in_flight=1))
    db.flush()

    assert of_deploy(db, deploy) == [HoldKind.AT_LIMIT]


@pytest.mark.parametrize("status", ["in_flight", "succeeded", "dead_lettered", "cancelled"])
def test_a_deploy_that_does_not_wait_is_held_by_nothing(db, make, status):
    assert of_deploy(db, make.deploy(status=DeployStatus(status))) == []


@pytest.fixture
def ana(make):
    return actor_of(make.user(role=Role.OPERATOR))


def pause(db, actor, host):
    switches.pause(db, host=host, reason="Moving", actor=actor, now=NOW)


def hook(host):
    return f"https://{host}/deploy/0123456789abcdef"


def standstill(db, actor):
    found = holds.standstill(db, actor, now=NOW)
    return (
        [(hold.host, hold.waiting) for hold in found.pauses],
        [(hold.host, hold.waiting) for hold in found.circuits],
        found.more,
    )


def test_while_nothing_is_held_the_console_says_nothing(db, make, ana):
    make.deploy(status=DeployStatus.QUEUED)

    assert standstill(db, ana) == ([], [], 0)


def test_a_pause_of_all_is_told_alone_with_all_that_wait(db, make, ana):
    make.deploy(status=DeployStatus.QUEUED)
    make.deploy(status=DeployStatus.RETRY_SCHEDULED, hook_url=hook("b"))
    make.deploy(status=DeployStatus.IN_FLIGHT)
    pause(db, ana, None)
    pause(db, ana, "b")

    assert standstill(db, ana) == ([(None, 2)], [], 0)


def test_paused_hosts_are_named_with_what_waits_for_each(db, make, ana):
    make.deploy(status=DeployStatus.QUEUED, hook_url=hook("b"))
    for number in range(holds.TOLD + 2):
        pause(db, ana, f"{'abcdefg'[number]}")

    assert standstill(db, ana) == ([("a", 0), ("b", 1), ("c", 0), ("d", 0), ("e", 0)], [], 2)


def test_an_open_circuit_is_told_where_deploys_wait_for_it_and_it_is_not_paused_anyway(db, make, ana):
    for host in ("open", "paused", "half"):
        make.deploy(status=DeployStatus.QUEUED, hook_url=hook(host))
    for host, until in [("open", SOON), ("paused", SOON), ("half", NOW), ("idle", SOON)]:
        db.add(HookHost(host=host, open_until=until))
    pause(db, ana, "paused")

    assert standstill(db, ana) == ([("paused", 1)], [("open", 1)], 0)


def test_a_member_is_told_of_what_holds_own_deploys_and_of_nothing_else(db, make, ana):
    member = make.user(role=Role.MEMBER)
    own = make.session(user=member, status="completed")
    make.deploy(session=own, status=DeployStatus.QUEUED, hook_url=hook("z"))
    for host in ("a", "b", "c", "d", "e", "f", "open"):
        make.deploy(status=DeployStatus.QUEUED, hook_url=hook(host))
    for host in ("a", "b", "c", "d", "e", "f", "z"):
        pause(db, ana, host)
    db.add(HookHost(host="open", open_until=SOON))
    db.flush()
    assert standstill(db, actor_of(member)) == ([("z", 1)], [], 0)

    pause(db, ana, None)

    assert standstill(db, actor_of(member)) == ([(None, 1)], [], 0)
