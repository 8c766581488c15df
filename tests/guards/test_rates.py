"""Buckets: as many requests as the window has, then as many as have flowed back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guards.rates import SECOND, Buckets, Rate

RATE = Rate("searches", 4, window_s=60)


def takes(buckets, moments, who="ana"):
    return [buckets.take(RATE, who, now=int(now * SECOND)) for now in moments]


def test_a_window_s_requests_may_come_at_once_and_the_next_one_waits_its_share():
    standings = takes(Buckets(), [0.0] * 5)

    assert [one.left for one in standings] == [3, 2, 1, 0, 0]
    assert [one.wait_s for one in standings] == [0, 0, 0, 0, 15]
    assert [one.full_in_s for one in standings] == [15, 30, 45, 60, 60]


def test_what_waits_as_long_as_it_was_told_is_let_through():
    buckets = Buckets()
    wait_s = takes(buckets, [0.0] * 5)[-1].wait_s

    assert takes(buckets, [wait_s - 0.5, wait_s])[0].wait_s == 1
    assert takes(buckets, [wait_s + 1])[0].wait_s > 0  # it was taken again at once


def test_a_refused_request_costs_nothing():
    buckets = Buckets()

    assert [one.wait_s for one in takes(buckets, [0.0] * 50)[4:]] == [15] * 46


def test_buckets_are_one_s_own_and_each_limit_has_its_own():
    buckets = Buckets()
    takes(buckets, [0.0] * 5)

    assert buckets.take(RATE, "ben", now=0).left == 3
    assert buckets.take(Rate("exports", 4), "ana", now=0).left == 3


def test_there_are_never_more_buckets_than_so_many():
    buckets = Buckets(most=100)

    for number in range(1_000):
        buckets.take(RATE, f"address {number}", now=number)

    assert len(buckets._full_at) <= 100


def test_making_room_forgets_the_full_buckets_and_keeps_who_has_just_asked():
    buckets = Buckets(most=100)
    for number in range(99):
        buckets.take(RATE, f"address {number}", now=0)
    takes(buckets, [100.0] * 4)

    assert takes(buckets, [100.0])[0].wait_s == 15
    assert len(buckets._full_at) < 10


def test_who_has_used_up_a_bucket_is_not_let_through_anew_because_many_others_ask():
    buckets = Buckets(most=100)
    takes(buckets, [0.0] * 4)

    for number in range(1_000):
        buckets.take(RATE, f"address {number}", now=number)

    assert takes(buckets, [0.01])[0].wait_s > 0
    assert len(buckets._full_at) <= 100


@given(st.lists(st.floats(0, 300), max_size=60), st.integers(1, 20))
def test_no_window_has_more_than_two_quotas_and_each_wait_is_enough(moments, quota):
    rate, buckets, let_in = Rate("x", quota, window_s=60), Buckets(), []

    for now in sorted(moments):
        standing = buckets.take(rate, "ana", now=int(now * SECOND))
        assert 0 <= standing.left < quota
        assert 0 <= standing.full_in_s <= 60
        if not standing.wait_s:
            let_in.append(now)

    for start in let_in:
        assert len([one for one in let_in if start <= one < start + 60]) <= 2 * quota


@pytest.mark.parametrize("quota", [1, 7, 1_200, 1_000_000])
def test_a_full_bucket_lets_through_exactly_its_quota(quota):
    buckets, rate, count = Buckets(), Rate("x", quota), min(quota, 5_000)

    standings = [buckets.take(rate, "ana", now=12_345_678_901_234) for _ in range(count)]

    assert [one.left for one in standings] == [quota - 1 - number for number in range(count)]
    assert (buckets.take(rate, "ana", now=12_345_678_901_234).wait_s > 0) is (count == quota)
