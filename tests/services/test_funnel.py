"""The funnel: what came how far in a period, as a part of the stage before and against the period before."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from models import MetricDelta, ProjectStatus, Role
from services import funnel, periods, waiting_sessions
from services.funnel import Stage
from services.periods import Period
from tests.conftest import actor_of
from tests.queries import counted

NOW = datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
WINDOW = periods.window(Period.DAY, now=NOW)
HOUR = timedelta(hours=1)


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


def hours(now: int = 0, before: int = 0, under_way: int = 0):
    return {WINDOW.starts_at: now, WINDOW.before_at: before, WINDOW.finished_until: under_way}


def built(**stages):
    return funnel.build(WINDOW, {stage: stages.get(stage.name.lower(), {}) for stage in Stage})


def test_each_stage_is_a_part_of_the_one_before():
    steps = built(started=hours(200), completed=hours(150), domain_ready=hours(30)).steps

    assert [(step.count, step.share) for step in steps] == [(200, None), (150, 0.75), (30, 0.2)]


def test_the_hour_under_way_counts_but_is_not_compared():
    [started, *_] = built(started=hours(now=30, before=20, under_way=7)).steps

    assert (started.count, started.before, started.change) == (37, 20, 0.5)
    assert started.series[-1] == 7


def test_where_there_was_nothing_before_no_change_is_told():
    [started, completed, _] = built(started=hours(now=5), completed=hours(now=3)).steps

    assert (started.change, completed.share_change) == (None, None)


def test_a_share_is_compared_on_finished_hours_in_points():
    completed = built(started=hours(100, 50, under_way=10), completed=hours(80, 30)).steps[1]

    assert completed.share_change == pytest.approx(0.8 - 0.6)


def test_more_may_be_completed_than_were_started_since_they_began_earlier():
    assert built(started=hours(2), completed=hours(3)).steps[1].share == 1.5


def test_the_whole_way_is_the_last_stage_as_a_part_of_the_first():
    assert built(started=hours(200), domain_ready=hours(30)).share == 0.15


def test_a_funnel_without_anything_is_empty_and_one_with_a_past_is_not():
    assert built().is_empty
    assert not built(started=hours(before=1)).is_empty


@pytest.mark.parametrize("period", Period)
def test_it_counts_what_the_tables_have(db, make, operator, period):
    window = periods.window(period, now=NOW)
    for ago in range(0, 70 * 24, 31):
        make.session(created_at=NOW - timedelta(hours=ago))
        make.project(created_at=NOW - timedelta(hours=ago), status=ProjectStatus.DOMAIN_READY)
    waiting_sessions.enter(db, most=20)

    counts = [step.count for step in funnel.funnel(db, operator, period, now=NOW).steps]

    inside = text("SELECT count(*) FROM status_changes WHERE at >= :since AND at <= :now AND subject_kind = :kind")
    waiting_sessions.enter(db)
    of = [db.scalar(inside, {"since": window.starts_at, "now": NOW, "kind": kind}) for kind in ("session", "project")]
    assert counts == [of[0], 0, of[1]]


def test_a_member_s_funnel_is_of_the_member_s_own(db, make):
    member = make.user(role=Role.MEMBER)
    make.session(user=member, created_at=NOW)
    make.session(created_at=NOW)

    assert [step.count for step in funnel.funnel(db, actor_of(member), Period.DAY, now=NOW).steps] == [1, 0, 0]


def test_what_it_costs_does_not_go_by_what_happened(db, connection, make, operator):
    db.add(MetricDelta(metric="sessions_reached", label="started", bucket=WINDOW.starts_at, delta=9_000_000))
    db.flush()

    with counted(connection) as statements:
        steps = funnel.funnel(db, operator, Period.MONTH, now=NOW).steps

    assert steps[0].count == 9_000_000
    assert len(statements) == 2
    assert not any("onboarding_sessions" in statement or "status_changes" in statement for statement in statements)
