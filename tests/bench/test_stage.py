"""Paired runs: both are measured each time, and neither always comes first."""

from pathlib import Path

from bench.stage import Stage


def test_the_two_of_a_pair_take_turns_in_going_first():
    order = []
    told = []
    stage = Stage(server=None, folder=Path(), runs=3, say=told.append)

    pairs = stage.pairs(
        "Deliveries",
        "a second",
        measured=lambda: order.append("measured") or 50.0,
        limit=lambda: order.append("limit") or 100.0,
    )

    assert order == ["measured", "limit", "limit", "measured", "measured", "limit"]
    assert [(pair.measured, pair.limit) for pair in pairs] == [(50.0, 100.0)] * 3
    assert told[-1] == "Deliveries, run 3 of 3: 50.0 against 100.0 a second"
