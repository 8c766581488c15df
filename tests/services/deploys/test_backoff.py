"""How long to wait before the next attempt."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.deploys import backoff


@given(st.integers(min_value=1, max_value=len(backoff.SCHEDULE_S)), st.integers())
def test_a_wait_stays_within_a_fifth_of_its_schedule(attempt_number, seed):
    wait = backoff.delay(attempt_number, random=Random(seed))
    scheduled = backoff.SCHEDULE_S[attempt_number - 1]

    assert timedelta(seconds=0.8 * scheduled) <= wait <= timedelta(seconds=1.2 * scheduled)


def test_the_first_attempt_does_not_wait():
    assert backoff.delay(1, random=Random(1)) == timedelta()


@pytest.mark.parametrize("attempt_number", [len(backoff.SCHEDULE_S) + 1, 1_000])
def test_there_is_no_wait_once_the_schedule_is_used_up(attempt_number):
    assert backoff.delay(attempt_number, random=Random(1)) is None
