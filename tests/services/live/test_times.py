"""How long things take in live, where somebody relies on it."""

from services.live.times import Times


def test_whose_sign_in_ends_hears_of_nothing_for_more_than_two_seconds():
    times = Times()

    assert times.authority + times.poll <= 2.1
