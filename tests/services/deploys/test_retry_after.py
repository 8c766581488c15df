"""How long an answer asks to wait."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.deploys import retry_after
from services.deploys.retry_after import RETRY_AFTER_LIMIT_S
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 5 ", 5),
        ("Wed, 25 Nov 2026 12:01:30 GMT", 90),
        ("Wed, 25 Nov 2026 11:00:00 GMT", 0),
        ("9" * 400, 7 * 24 * 3600),
        ("soon", None),
        ("-5", None),
        ("", None),
        ("Wed, 99 Nov 99999 99:99:99 GMT", None),
        ("1e400", None),
        ("-" + "9" * 400, None),
        ("٣", None),
        ("Mon, 01 Jan 0001 00:00:00 +2359", 0),
        ("Wed, 25 Nov 2026 12:01:30 +9999", None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 7 * 24 * 3600),
        (None, None),
    ],
)
def test_retry_after_is_a_number_of_seconds_or_a_date(header, seconds):
    assert retry_after.parse(header, NOW) == seconds


@given(st.text(max_size=60))
def test_whatever_is_asked_for_the_wait_is_nothing_or_within_the_limit(header):
    seconds = retry_after.parse(header, NOW)

    assert seconds is None or 0 <= seconds <= RETRY_AFTER_LIMIT_S
