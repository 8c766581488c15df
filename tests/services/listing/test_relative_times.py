"""Spans of time that people name."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.listing import relative_times


@pytest.mark.parametrize(
    ("text", "short", "words", "span"),
    [
        ("24h", "24h", "24 hours", timedelta(hours=24)),
        ("30m", "30m", "30 minutes", timedelta(minutes=30)),
        ("7d", "7d", "7 days", timedelta(days=7)),
        ("1w", "1w", "1 week", timedelta(weeks=1)),
        ("90 s", "90s", "90 seconds", timedelta(seconds=90)),
        ("in the last 24 h", "24h", "24 hours", timedelta(hours=24)),
        ("  Last  2  Weeks ", "2w", "2 weeks", timedelta(weeks=2)),
        ("more than 2 days ago", "2d", "2 days", timedelta(days=2)),
        ("within 5 min", "5m", "5 minutes", timedelta(minutes=5)),
    ],
)
def test_a_span_is_read_as_people_say_it(text, short, words, span):
    found = relative_times.parse(text)

    assert (found.short, str(found), found.span) == (short, words, span)


@pytest.mark.parametrize(
    "text", ["", "24", "h", "0h", "-1h", "1.5h", "1y", "36501d", "99999999w", "999999999w", "1h 2m", "٢h", "1h" * 50]
)
def test_what_is_no_span_is_refused(text):
    with pytest.raises(ValueError, match=r"span|Longer"):
        relative_times.parse(text)


@given(st.text())
def test_no_text_is_a_fault(text):
    try:
        found = relative_times.parse(text)
    except ValueError:
        return
    assert relative_times.parse(found.short) == found
