"""A period is made of whole spans that begin where people expect it, and is compared with as long a time before."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from services import periods
from services.errors import InvalidInputError
from services.periods import Period

NOW = datetime(2026, 11, 25, 14, 40, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.DAY, datetime(2026, 11, 24, 15, tzinfo=UTC), datetime(2026, 11, 25, 14, tzinfo=UTC)),
        (Period.WEEK, datetime(2026, 11, 18, 18, tzinfo=UTC), datetime(2026, 11, 25, 12, tzinfo=UTC)),
        (Period.MONTH, datetime(2026, 10, 27, tzinfo=UTC), datetime(2026, 11, 25, tzinfo=UTC)),
    ],
)
def test_the_span_under_way_is_the_last_of_a_period(period, first, last):
    starts = periods.window(period, now=NOW).starts

    assert (starts[0], starts[-1], len(starts)) == (first, last, period.spans)


def test_spans_are_of_utc_whatever_zone_the_moment_is_in():
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))

    assert periods.window(Period.MONTH, now=elsewhere) == periods.window(Period.MONTH, now=NOW)


def test_hours_are_added_up_by_span_and_those_outside_are_left_out():
    window = periods.window(Period.WEEK, now=NOW)
    hours = {window.starts_at: 1, window.starts_at + 5 * HOUR: 2, window.starts_at + 6 * HOUR: 4}
    outside = {window.starts_at - HOUR: 100, window.starts[-1] + 6 * HOUR: 100}

    assert window.series(hours | outside)[:3] == (3, 4, 0)
    assert sum(window.series(hours | outside)) == 7


@pytest.mark.parametrize("period", Period)
def test_finished_hours_are_compared_with_their_counterparts_and_the_one_under_way_with_nothing(period):
    window = periods.window(period, now=NOW)
    every_hour = {window.before_at + HOUR * number: 1 for number in range(-9, 24 * 61)}
    finished = (window.finished_until - window.starts_at) // HOUR

    assert window.finished(every_hour) == window.finished_before(every_hour) == finished
    assert window.finished({window.finished_until: 5}) == 0
    assert window.finished_before({window.finished_until - window.length: 5}) == 0


@pytest.mark.parametrize("text", ["", "24H", "1h", "24h ", "24h\x00", "x" * 3_000, "-1"])
def test_a_period_that_does_not_exist_is_refused(text):
    with pytest.raises(InvalidInputError, match="24h, 7d, 30d"):
        periods.parse(text)


def test_a_period_is_known_by_its_text():
    assert [periods.parse(text) for text in ("24h", "7d", "30d")] == list(Period)


@pytest.mark.parametrize(("now", "before", "change"), [(3, 2, 0.5), (1, 2, -0.5), (0, 4, -1.0), (4, 0, None)])
def test_a_change_is_a_part_of_what_was_there_before(now, before, change):
    assert periods.change(now, before) == change


@pytest.mark.parametrize(("part", "whole", "share"), [(1, 4, 0.25), (3, 2, 1.5), (0, 0, None), (2, 0, None)])
def test_a_share_of_nothing_is_none(part, whole, share):
    assert periods.share(part, whole) == share


@pytest.mark.parametrize(
    ("period", "words"), [("24h", "14:00–15:00"), ("7d", "Wed 25 Nov, 14:00–20:00"), ("30d", "Wed 25 Nov")]
)
def test_a_span_is_named_as_closely_as_its_length_asks_for(period, words):
    assert periods.label(datetime(2026, 11, 25, 14, tzinfo=UTC), Period(period)) == words
