"""Times as people read them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from admin_views import times
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(0), "now"),
        (timedelta(seconds=54), "now"),
        (timedelta(seconds=55), "1 minute ago"),
        (timedelta(minutes=1, seconds=30), "1 minute ago"),
        (timedelta(minutes=54, seconds=54), "54 minutes ago"),
        (timedelta(minutes=55), "1 hour ago"),
        (timedelta(hours=20, minutes=54), "20 hours ago"),
        (timedelta(hours=21), "yesterday"),
        (timedelta(hours=36), "2 days ago"),
        (timedelta(days=5), "5 days ago"),
        (timedelta(days=7), "last week"),
        (timedelta(days=20), "3 weeks ago"),
        (timedelta(days=30), "last month"),
        (timedelta(days=70), "2 months ago"),
        (timedelta(days=400), "last year"),
        (timedelta(days=1_200), "3 years ago"),
        (timedelta(seconds=-9), "now"),
        (timedelta(seconds=-30), "in 30 seconds"),
        (timedelta(minutes=-5), "in 5 minutes"),
        (timedelta(hours=-2), "in 2 hours"),
        (timedelta(days=-1), "tomorrow"),
        (timedelta(days=-8), "next week"),
    ],
)
def test_a_time_is_told_as_its_distance_from_now_in_the_words_that_the_browser_goes_on_with(ago, words):
    assert times.relative(NOW - ago, now=NOW) == words


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [
        (0, "0 ms"),
        (999, "999 ms"),
        (1_000, "1 s"),
        (1_540, "1.5 s"),
        (59_940, "59.9 s"),
        (60_000, "1 min"),
        (250_000, "4 min 10 s"),
        (7_500_000, "2 h 5 min"),
        (273_600_000, "3 d 4 h"),
    ],
)
def test_a_duration_is_told_at_a_glance(milliseconds, words):
    assert times.span(milliseconds) == words


def test_a_time_is_written_for_programs_in_utc_to_the_millisecond():
    at = datetime(2026, 11, 5, 1, 2, 3, 4567, tzinfo=timezone(timedelta(hours=2)))

    assert times.exact(at) == "2026-11-04T23:02:03.004Z"


def test_the_whole_time_names_its_zone():
    at = datetime(2026, 11, 5, 1, 2, 3, tzinfo=timezone(timedelta(hours=2)))

    assert times.absolute(at) == "4 Nov 2026, 23:02:03 UTC"


def test_the_beginning_and_the_end_of_the_calendar_can_be_told():
    for at in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert times.relative(at, now=NOW)
        assert times.absolute(at)
