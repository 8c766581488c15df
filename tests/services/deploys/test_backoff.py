"""How long to wait before the next attempt."""

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.deploys import backoff

ATTEMPTS = st.integers(min_value=1, max_value=len(backoff.SCHEDULE_S))


@given(ATTEMPTS, st.integers())
def test_a_wait_stays_within_a_fifth_of_its_schedule(attempt_number, seed):
    wait = backoff.delay(attempt_number, random=Random(seed))
    scheduled = backoff.SCHEDULE_S[attempt_number - 1]

    assert timedelta(seconds=0.8 * scheduled) <= wait <= timedelta(seconds=1.2 * scheduled)


@given(ATTEMPTS, st.integers(), st.integers(0, 10**6))
def test_what_a_host_asks_for_is_honoured_between_one_and_two_times_the_schedule(attempt_number, seed, asked_s):
    wait = backoff.delay(attempt_number, random=Random(seed), retry_after_s=asked_s)
    scheduled = backoff.SCHEDULE_S[attempt_number - 1]

    assert timedelta(seconds=scheduled) <= wait <= timedelta(seconds=2 * scheduled)
    assert wait >= min(timedelta(seconds=asked_s), timedelta(seconds=2 * scheduled))


@given(ATTEMPTS, st.integers(), st.none() | st.integers(0, 10**6))
def test_a_busy_host_is_left_alone_for_a_minute_at_least(attempt_number, seed, asked_s):
    wait = backoff.delay(attempt_number, random=Random(seed), retry_after_s=asked_s, patient=True)

    assert wait >= timedelta(seconds=60)


def test_the_first_attempt_does_not_wait():
    assert backoff.delay(1, random=Random(1)) == timedelta()


def test_the_schedule_may_be_another():
    assert backoff.delay(2, random=Random(1), schedule_s=(0, 0)) == timedelta()
    assert backoff.delay(3, random=Random(1), schedule_s=(0, 0)) is None


@pytest.mark.parametrize("attempt_number", [len(backoff.SCHEDULE_S) + 1, 1_000])
def test_there_is_no_wait_once_the_schedule_is_used_up(attempt_number):
    assert backoff.delay(attempt_number, random=Random(1)) is None
