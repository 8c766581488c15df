"""A figure holds or misses its target, and a slow machine is no excuse and no help."""

import pytest

from bench.figure import Figure, Pair, all_hold, at_least, at_most, median_difference, median_ratio, rounded


def figure(value, target=None):
    return Figure("deliveries", "Rate", value, "%", target)


@pytest.mark.parametrize(
    ("target", "value", "holds"),
    [
        (at_least(40), 40.0, True),
        (at_least(40), 39.9, False),
        (at_most(6), 6.0, True),
        (at_most(6), 6.1, False),
        (at_most(20), -3.0, True),
        (None, 0.0, True),
    ],
)
def test_a_figure_holds_up_to_its_bound_and_no_further(target, value, holds):
    assert figure(value, target).holds is holds


def test_what_is_shown_is_what_is_held_against_the_target():
    assert figure(rounded(89.96), at_least(90)).holds
    assert not figure(rounded(89.94), at_least(90)).holds
    assert str(rounded(-0.04)) == "0.0"


def test_one_missed_target_is_enough_to_miss():
    assert all_hold([figure(50, at_least(40)), figure(1)])
    assert not all_hold([figure(50, at_least(40)), figure(30, at_least(40))])


def test_a_run_on_a_slow_machine_counts_as_much_as_one_on_a_fast_one():
    pairs = [Pair(100, 200), Pair(10, 20), Pair(1_000, 2_000)]

    assert median_ratio(pairs) == 0.5


def test_one_run_that_was_disturbed_does_not_move_the_median():
    assert median_ratio([Pair(1, 2), Pair(1, 2), Pair(90, 2)]) == 0.5
    assert median_difference([Pair(101, 100), Pair(102, 100), Pair(900, 100)]) == 2


def test_as_json_it_says_what_its_bound_is_and_whether_it_holds():
    assert figure(39.9, at_least(40)).as_json() == {
        "section": "deliveries",
        "figure": "Rate",
        "value": 39.9,
        "unit": "%",
        "target": 40,
        "holds": False,
    }


def test_without_a_target_it_has_none_in_json_and_holds():
    assert figure(39.9).as_json()["target"] is None
    assert figure(39.9).as_json()["holds"] is True
