"""Sharing a worker's free places among hosts."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.deploys.breaker import Circuit
from services.deploys.fairness import Lane, share
from tests.conftest import NOW

A_SECOND = timedelta(seconds=1)


def lane(host="one", **changes):
    values = {"max_in_flight": 10, "max_per_s": 50, "in_flight": 0, "rate_at": None, "circuit": Circuit()}
    return Lane(host, **values | changes)


def test_a_host_alone_may_have_all_that_its_limits_allow():
    assert share([lane()], 50, now=NOW) == {"one": 10}
    assert share([lane(max_in_flight=100, max_per_s=7)], 50, now=NOW) == {"one": 7}
    assert share([lane(max_in_flight=100)], 5, now=NOW) == {"one": 5}


def test_what_is_under_way_counts():
    assert share([lane(in_flight=8)], 50, now=NOW) == {"one": 2}
    assert share([lane(in_flight=10)], 50, now=NOW) == {}
    assert share([lane(in_flight=99)], 50, now=NOW) == {}


def test_an_open_circuit_has_no_room_and_a_half_open_one_has_room_for_one():
    assert share([lane(circuit=Circuit(NOW + A_SECOND))], 50, now=NOW) == {}
    assert share([lane(circuit=Circuit(NOW))], 50, now=NOW) == {"one": 1}
    assert share([lane(circuit=Circuit(NOW), in_flight=1)], 50, now=NOW) == {}


def test_no_host_takes_more_than_half_of_what_is_free_while_others_wait():
    greedy = [lane(host, max_in_flight=100) for host in ("one", "two", "three", "four")]

    assert share(greedy, 16, now=NOW) == {"one": 8, "two": 4, "three": 2, "four": 2}


def test_a_rate_is_made_up_for_by_a_second_at_most():
    spent = lane(max_per_s=4, rate_at=NOW)

    assert spent.room(NOW) == 0
    assert spent.room(NOW + A_SECOND / 4) == 1
    assert spent.room(NOW + A_SECOND * 60) == 4


@given(st.integers(1, 500), st.lists(st.tuples(st.integers(0, 40), st.integers(1, 2_000)), min_size=1, max_size=30))
def test_a_rate_is_never_exceeded_over_time(per_s, steps):
    """Whatever is asked for and when, no more begins than a second's worth and what the time allows."""
    now, rate_at, begun = NOW, None, 0
    for wanted, waited_ms in steps:
        now += timedelta(milliseconds=waited_ms)
        current = lane(max_in_flight=10_000, max_per_s=per_s, rate_at=rate_at)
        taken = min(wanted, current.room(now))
        rate_at = current.rate_after(taken, now)
        begun += taken

    assert begun <= per_s + (now - NOW) / A_SECOND * per_s + 1


@given(st.integers(0, 60), st.lists(st.integers(0, 20), max_size=12))
def test_no_more_is_given_than_is_free(free, in_flights):
    lanes = [lane(str(number), in_flight=count) for number, count in enumerate(in_flights)]
    counts = share(lanes, free, now=NOW)

    assert sum(counts.values()) <= free
    assert all(counts[one.host] + one.in_flight <= one.max_in_flight for one in lanes if one.host in counts)
