"""The overview of hosts: what waits, how circuits stand, which limits count, and what is paused."""

from datetime import timedelta

import pytest

from models import DeployStatus, HookHost, HostOutcomes, Role
from services.deploys import hosts, switches
from services.deploys.breaker import CircuitState, Tally
from services.deploys.limits import Limits
from tests.conftest import NOW, actor_of
from tests.queries import counted

MINUTE = timedelta(minutes=1)


def hook(host):
    return f"https://{host}/deploy/0123456789abcdef"


def overview(db, **changes):
    return hosts.overview(db, limits=Limits(), now=NOW, **changes)


def one(db):
    [state] = overview(db).hosts
    return state


def add(db, *rows):
    db.add_all(rows)
    db.flush()


def test_without_deploys_there_are_no_hosts(db, make):
    make.deploy(status=DeployStatus.SUCCEEDED)

    assert overview(db) == hosts.Overview([], None)


def test_what_waits_now_later_and_is_under_way_is_counted_by_host(db, make):
    for status, due_in in [("queued", -5), ("retry_scheduled", -3), ("queued", 0), ("retry_scheduled", 7)]:
        make.deploy(status=DeployStatus(status), next_attempt_at=NOW + due_in * MINUTE)
    make.deploy(status=DeployStatus.IN_FLIGHT)
    make.deploy(status=DeployStatus.DEAD_LETTERED)

    state = one(db)

    assert (state.host, state.due, state.later, state.under_way) == ("hooks.example.com", 3, 1, 1)
    assert state.first_due_at == NOW - 5 * MINUTE


def test_a_host_without_a_row_has_the_limits_of_the_settings_and_a_closed_circuit(db, make):
    make.deploy(status=DeployStatus.QUEUED)

    state = one(db)

    assert (state.max_in_flight, state.max_per_s, state.own_in_flight, state.own_per_s) == (10, 50, None, None)
    assert (state.circuit, state.window, state.pause, state.needs_a_look) == (CircuitState.CLOSED, Tally(), None, False)


def test_a_host_with_limits_of_its_own_is_listed_though_nothing_waits(db):
    add(db, HookHost(host="slow.example.com", max_in_flight=2))

    state = one(db)

    assert (state.host, state.due, state.first_due_at) == ("slow.example.com", 0, None)
    assert (state.max_in_flight, state.own_in_flight, state.max_per_s, state.own_per_s) == (2, 2, 50, None)


@pytest.mark.parametrize(("minutes", "state"), [(1, "open"), (0, "half_open"), (-1, "half_open"), (None, "closed")])
def test_a_circuit_is_told_with_what_counted_lately(db, minutes, state):
    open_until = None if minutes is None else NOW + minutes * MINUTE
    add(
        db,
        HookHost(host="a", open_until=open_until, judged_from=NOW - 3 * MINUTE),
        HostOutcomes(host="a", slot=NOW - MINUTE, succeeded=1, failed=7),
        HostOutcomes(host="a", slot=NOW - 2 * MINUTE, succeeded=2, failed=0),
        HostOutcomes(host="a", slot=NOW - 4 * MINUTE, succeeded=100, failed=100),
        HostOutcomes(host="b", slot=NOW, succeeded=100, failed=100),
    )

    told = one(db)

    assert (told.circuit, told.open_until, told.window) == (CircuitState(state), open_until, Tally(3, 7))


def test_outcomes_that_are_older_than_the_window_do_not_count(db):
    add(
        db,
        HookHost(host="a"),
        HostOutcomes(host="a", slot=NOW - 6 * MINUTE, succeeded=100, failed=100),
        HostOutcomes(host="a", slot=NOW - 4 * MINUTE, succeeded=1, failed=1),
    )

    assert one(db).window == Tally(1, 1)


def test_a_paused_host_is_listed_with_who_when_and_why_though_it_was_never_called(db, make):
    ana = actor_of(make.user(role=Role.OPERATOR))
    switches.pause(db, host="new.example.com", reason="Not ready.", actor=ana, now=NOW)
    switches.pause(db, host=None, reason="All of it.", actor=ana, now=NOW)

    state = one(db)

    assert (state.host, state.pause) == ("new.example.com", hosts.Pause(NOW, ana.name, "Not ready."))
    assert state.needs_a_look


def test_hosts_that_need_a_look_come_first_then_those_where_most_is_due(db, make):
    for host, due in [("a", 1), ("b", 3), ("c", 2), ("d", 1)]:
        for _ in range(due):
            make.deploy(status=DeployStatus.QUEUED, hook_url=hook(host))
    add(db, HookHost(host="d", open_until=NOW + MINUTE), HookHost(host="a"))

    assert [state.host for state in overview(db).hosts] == ["d", "b", "c", "a"]


def test_a_hook_without_a_host_has_its_place(db, make):
    make.deploy(status=DeployStatus.QUEUED, hook_url="nothing of the kind")

    assert (one(db).host, one(db).due) == ("", 1)


def test_many_hosts_are_shown_page_by_page_and_each_of_them_once(db, make, monkeypatch):
    monkeypatch.setattr(hosts, "SHOWN", 3)
    names = [f"h{number}.example.com" for number in range(8)]
    for name in names[:5]:
        make.deploy(status=DeployStatus.QUEUED, hook_url=hook(name))
    make.deploy(status=DeployStatus.IN_FLIGHT, hook_url=hook(names[5]))
    add(db, HookHost(host=names[6]), HookHost(host=names[7]), HookHost(host=names[1]))

    seen, start = [], ""
    while start is not None:
        page = overview(db, start=start)
        assert len(page.hosts) <= 3
        seen += sorted(state.host for state in page.hosts)
        start = page.next_start

    assert seen == names


def test_hosts_that_need_a_look_are_on_the_first_page_wherever_their_names_are(db, make, monkeypatch):
    monkeypatch.setattr(hosts, "SHOWN", 2)
    add(db, *(HookHost(host=f"h{number}") for number in range(5)), HookHost(host="y", open_until=NOW + MINUTE))
    ana = actor_of(make.user(role=Role.OPERATOR))
    switches.pause(db, host="h2", reason="x", actor=ana, now=NOW)
    switches.pause(db, host="z", reason="x", actor=ana, now=NOW)

    first, second = overview(db), overview(db, start="h2")

    assert ([state.host for state in first.hosts], first.next_start) == (["h2", "y", "z", "h0", "h1"], "h2")
    assert ([state.host for state in second.hosts], second.next_start) == (["h2", "h3"], "h4")


def test_more_than_are_counted_are_told_as_so_many(db, make, monkeypatch):
    monkeypatch.setattr(hosts, "COUNTED", 2)
    for _ in range(3):
        make.deploy(status=DeployStatus.QUEUED)

    assert one(db).due == 2


def test_however_many_hosts_there_are_it_is_one_statement(db, make, connection):
    for number in range(20):
        make.deploy(status=DeployStatus.QUEUED, hook_url=hook(f"h{number}"))

    with counted(connection) as statements:
        assert len(overview(db).hosts) == 20

    assert len(statements) == 1


@pytest.mark.parametrize(
    ("state", "at"),
    [
        ({}, None),
        ({"first_due_at": NOW - MINUTE, "open_until": NOW}, None),
        ({"first_due_at": NOW + 2 * MINUTE}, NOW + 2 * MINUTE),
        ({"first_due_at": NOW + 2 * MINUTE, "open_until": NOW + MINUTE}, NOW + MINUTE),
        ({"first_due_at": NOW + 9 * MINUTE, "window": Tally(1, 0)}, NOW + 5 * MINUTE),
    ],
)
def test_it_is_known_when_a_host_stands_otherwise_by_itself(state, at):
    none = {"first_due_at": None, "open_until": None, "window": Tally()}
    waits = dict.fromkeys(("due", "later", "under_way", "max_in_flight", "max_per_s"), 1)
    own = dict.fromkeys(("own_in_flight", "own_per_s", "pause"))
    host = hosts.HostState(host="h", circuit=CircuitState.CLOSED, **waits, **own, **none | state)

    assert hosts.Overview([host], None).changes_at(NOW, window=5 * MINUTE) == at
