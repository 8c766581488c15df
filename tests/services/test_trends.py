"""Trends: attempts and sessions by the span, and the same in words."""

from datetime import UTC, datetime, timedelta

import pytest

from models import Role, SessionStatus
from services import periods, trends
from services.periods import Period
from tests.conftest import actor_of
from tests.queries import counted

NOW = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
DAY = periods.window(Period.DAY, now=NOW)


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


def test_attempts_and_sessions_are_told_by_the_hour_in_which_they_began(db, make, operator):
    session = make.session(status=SessionStatus.COMPLETED, created_at=NOW - timedelta(hours=1))
    deploy = make.deploy(session=session)
    make.attempt(deploy=deploy, attempt_number=1, started_at=NOW - timedelta(hours=1), status_code=503)
    make.attempt(deploy=deploy, attempt_number=2, started_at=NOW, status_code=201)

    seen = trends.trends(db, operator, Period.DAY, now=NOW)

    assert (seen.failed[-2:], seen.succeeded[-2:]) == ((1, 0), (0, 1))
    assert (seen.started[-2:], seen.completed[-2:], sum(seen.given_up)) == ((1, 0), (1, 0), 0)
    assert seen.attempts == 2


@pytest.mark.parametrize("period", Period)
def test_all_series_have_as_many_spans_as_the_period(db, operator, period):
    seen = trends.trends(db, operator, period, now=NOW)

    assert {len(series) for series in (seen.succeeded, seen.failed, seen.started, seen.completed, seen.given_up)} == {
        period.spans
    }


def test_what_it_costs_is_two_reads(db, connection, operator):
    with counted(connection) as statements:
        trends.trends(db, operator, Period.MONTH, now=NOW)

    assert len(statements) == 2


def spans(**places):
    return tuple(places.get(f"at{place}", 0) for place in range(24))


@pytest.mark.parametrize(
    ("succeeded", "failed", "words"),
    [
        (spans(), spans(), "No attempts in the last 24 hours."),
        (spans(at3=1), spans(), "1 attempt in the last 24 hours, none failed."),
        (
            spans(at3=1_381),
            spans(at1=12, at2=19),
            "1,412 attempts in the last 24 hours, 31 failed (2.2%). Most failed 15:00–16:00 UTC: 19.",
        ),
    ],
)
def test_attempts_are_told_in_words(succeeded, failed, words):
    assert trends.attempts_words(DAY, succeeded, failed) == words


@pytest.mark.parametrize(
    ("started", "completed", "given_up", "words"),
    [
        (spans(), spans(), spans(), "No sessions in the last 24 hours."),
        (spans(), spans(at1=2), spans(), "0 sessions started in the last 24 hours, 2 completed, 0 failed."),
        (
            spans(at0=1, at23=9),
            spans(at23=3),
            spans(at23=1),
            "10 sessions started in the last 24 hours, 3 completed, 1 failed. Most started 12:00–13:00 UTC: 9.",
        ),
    ],
)
def test_sessions_are_told_in_words(started, completed, given_up, words):
    assert trends.sessions_words(DAY, started, completed, given_up) == words
