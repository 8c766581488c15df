"""The rhythm of days and weeks."""

import itertools

from services.seed import traffic
from tests.conftest import NOW


def test_the_hours_shares_rise_from_none_to_all():
    shares = traffic.cumulative(traffic.hourly_weights(NOW))

    assert len(shares) == 721
    assert shares[0] == 0
    assert shares[-1] == 1
    assert all(before < after for before, after in itertools.pairwise(shares))
