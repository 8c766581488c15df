"""Times as people read them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from admin_views import times
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=29), "29 days ago"),
        (timedelta(days=30), "1 month ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(seconds=-3), "just now"),
        (timedelta(seconds=-30), "in a moment"),
        (timedelta(minutes=-5), "in 5 minutes"),
        (timedelta(hours=-2), "in 2 hours"),
    ],
)
def test_a_time_is_told_as_its_distance_from_now(ago, words):
    assert times.relative(NOW - ago, now=NOW) == words


def test_the_whole_time_names_its_zone():
    at = datetime(2026, 11, 5, 1, 2, 3, tzinfo=timezone(timedelta(hours=2)))

    assert times.absolute(at) == "4 Nov 2026, 23:02:03 UTC"


def test_the_beginning_and_the_end_of_the_calendar_can_be_told():
    for at in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert times.relative(at, now=NOW)
        assert times.absolute(at)
