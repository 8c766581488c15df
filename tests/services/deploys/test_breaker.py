"""The circuit breaker: when a host is left alone, and when it is tried again."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import ErrorKind
from services.deploys.breaker import Circuit, CircuitState, Tally, after, tally
from services.deploys.limits import BreakerLimits
from services.deploys.outcome import AttemptOutcome
from tests.conftest import NOW

LIMITS = BreakerLimits()
OPEN = Circuit(NOW + LIMITS.open_for)
HALF_OPEN = Circuit(NOW)
CLOSED = Circuit()


def test_it_opens_at_seven_of_ten_failures_in_five_minutes_for_thirty_seconds():
    assert (LIMITS.share, LIMITS.least) == (0.7, 10)
    assert (LIMITS.window, LIMITS.open_for) == (timedelta(minutes=5), timedelta(seconds=30))


@pytest.mark.parametrize(
    ("succeeded", "failed", "opens"),
    [(3, 7, True), (0, 10, True), (30, 70, True), (4, 6, False), (0, 9, False), (31, 69, False), (10, 0, False)],
)
def test_a_closed_circuit_opens_at_the_share_of_enough_outcomes(succeeded, failed, opens):
    circuit = after(CLOSED, Tally(failed=1), Tally(succeeded, failed), now=NOW, limits=LIMITS)

    assert circuit == (OPEN if opens else CLOSED)


def test_what_was_under_way_when_it_opened_changes_nothing():
    for latest in (Tally(succeeded=9), Tally(failed=9)):
        assert after(OPEN, latest, Tally(9, 99), now=NOW, limits=LIMITS) is OPEN


def test_it_half_opens_by_itself():
    assert OPEN.state(NOW + LIMITS.open_for - timedelta.resolution) is CircuitState.OPEN
    assert OPEN.state(NOW + LIMITS.open_for) is CircuitState.HALF_OPEN
    assert CLOSED.state(NOW) is CircuitState.CLOSED


def test_half_open_one_success_closes_it_and_old_failures_are_forgotten():
    assert after(HALF_OPEN, Tally(succeeded=1), Tally(1, 99), now=NOW, limits=LIMITS) == Circuit(None, NOW)


def test_half_open_one_failure_opens_it_again():
    assert after(HALF_OPEN, Tally(1, 1), Tally(9, 1), now=NOW, limits=LIMITS) == OPEN


@pytest.mark.parametrize(
    ("outcome", "counted"),
    [
        (AttemptOutcome(1, status_code=201), Tally(succeeded=1)),
        (AttemptOutcome(1, status_code=404), Tally(succeeded=1)),
        (AttemptOutcome(1, status_code=410), Tally(succeeded=1)),
        (AttemptOutcome(1, status_code=429), Tally(failed=1)),
        (AttemptOutcome(1, status_code=503), Tally(failed=1)),
        (AttemptOutcome(1, error_kind=ErrorKind.TIMEOUT), Tally(failed=1)),
        (AttemptOutcome(1, error_kind=ErrorKind.RESOLVE), Tally(failed=1)),
        (AttemptOutcome(1, error_kind=ErrorKind.WORKER_LOST), Tally()),
        (AttemptOutcome(1, error_kind=ErrorKind.EGRESS_REFUSED), Tally()),
        (AttemptOutcome(1, error_kind=ErrorKind.INVALID_URL), Tally()),
    ],
)
def test_only_what_the_host_is_to_blame_for_counts_against_it(outcome, counted):
    assert tally(outcome) == counted


TALLIES = st.builds(Tally, st.integers(0, 200), st.integers(0, 200))
CIRCUITS = st.builds(Circuit, st.none() | st.integers(-60, 60).map(lambda s: NOW + timedelta(seconds=s)))


@given(CIRCUITS, TALLIES, TALLIES)
def test_a_circuit_never_opens_for_longer_than_its_time(circuit, latest, earlier):
    changed = after(circuit, latest, latest + earlier, now=NOW, limits=LIMITS)

    assert changed == circuit or changed.open_until in (None, NOW + LIMITS.open_for)
