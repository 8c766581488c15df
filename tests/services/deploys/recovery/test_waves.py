"""How many deploys go in which wave, and how long that takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.deploys.recovery.waves import HostPace, estimate_s, sizes, under_way_limit


@pytest.mark.parametrize(
    ("total", "expected"),
    [
        (0, (0, 0, 0)),
        (1, (1, 0, 0)),
        (2, (1, 1, 0)),
        (3, (1, 1, 1)),
        (39, (1, 1, 37)),
        (40, (1, 2, 37)),
        (1987, (1, 99, 1887)),
        (100_000, (1, 5_000, 94_999)),
    ],
)
def test_one_goes_first_then_five_percent_then_the_rest(total, expected):
    assert sizes(total) == expected


@given(st.integers(0, 10_000_000))
def test_no_deploy_is_left_out_and_none_goes_twice(total):
    first, second, rest = sizes(total)

    assert first + second + rest == total
    assert min(first, second, rest) >= 0
    assert first <= 1


@pytest.mark.parametrize(
    ("wave_size", "expected"), [(1, 10), (99, 10), (101, 11), (500, 50), (1_000, 100), (95_000, 100)]
)
def test_a_tenth_of_a_wave_is_under_way_but_no_more_than_a_host_takes_in_two_seconds(wave_size, expected):
    assert under_way_limit(wave_size, in_flight=10, per_s=50) == expected


def test_the_slowest_host_says_how_long_it_takes():
    by_rate = HostPace(deploys=1_000, per_s=50, in_flight=10, median_s=0.1)
    by_slowness = HostPace(deploys=100, per_s=50, in_flight=10, median_s=10)

    assert by_rate.seconds == 20
    assert by_slowness.seconds == 100
    assert 100 <= estimate_s([by_rate, by_slowness]) <= 150
    assert estimate_s([by_rate]) < estimate_s([by_rate, by_slowness])
    assert estimate_s([]) == 0
