"""Counts by the hour come from the ledger, and equal what a count of the tables comes to, whatever happened."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from models import MetricDelta, ProjectStatus, Role, SessionStatus, SubjectKind
from services import hourly, upkeep, waiting_sessions
from tests.conftest import NOW, actor_of
from tests.queries import counted
from tests.services.seed.loading import load

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
HOUR = NOW.replace(minute=0, second=0, microsecond=0)
LABELS = (hourly.STARTED, *SessionStatus, *ProjectStatus)
REACHED = text(
    """
    WITH changes AS (
        SELECT subject_kind, subject_id, from_status, to_status, at FROM status_changes
        UNION ALL
        SELECT 'session', session_id, NULL, status, at FROM waiting_sessions
    )
    SELECT label, date_trunc('hour', at, 'UTC') AS hour, count(*) FROM (
        SELECT to_status AS label, min(at) AS at FROM changes
        WHERE subject_kind = :kind GROUP BY subject_id, to_status
        UNION ALL
        SELECT 'started', at FROM changes WHERE subject_kind = :kind AND from_status IS NULL
    ) AS first GROUP BY 1, 2
    """
)
ATTEMPTS = text(
    """
    SELECT CASE WHEN ok THEN 'succeeded' ELSE 'failed' END AS label, date_trunc('hour', started_at, 'UTC') AS hour,
        count(*)
    FROM deploy_attempts WHERE ok IS NOT NULL GROUP BY 1, 2
    """
)


@pytest.fixture
def operator(make):
    return actor_of(make.user(role=Role.OPERATOR))


def tables(db, query, **values):
    hours: dict = {}
    for label, hour, count in db.execute(query, values):
        hours.setdefault(label, {})[hour] = count
    return hours


def all_equal(db, operator) -> bool:
    reached = [
        hourly.reached(db, operator, kind, LABELS, since=LONG_AGO) == tables(db, REACHED, kind=kind)
        for kind in SubjectKind
    ]
    return all(reached) and hourly.attempts(db, operator, since=LONG_AGO) == tables(db, ATTEMPTS)


def test_seeded_history_is_counted_as_the_tables_have_it(db, operator):
    load(db)

    assert all_equal(db, operator)
    upkeep.fold_metrics(db)
    assert all_equal(db, operator)


STEPS = st.lists(
    st.sampled_from(["start", "complete", "fail", "post", "answer", "refuse", "forget", "enter", "fold", "undo"]),
    max_size=25,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_counts_equal_the_tables_after_any_writes_folds_and_roll_backs(db, make, operator, steps):
    user, deploy = make.user(), make.deploy()
    numbers = iter(range(10_000, 99_999))
    acts = {
        "start": lambda: make.session(user=user),
        "complete": lambda: db.execute(text("UPDATE onboarding_sessions SET status = 'completed'")),
        "fail": lambda: db.execute(text("UPDATE onboarding_sessions SET status = 'failed' WHERE status = 'completed'")),
        "post": lambda: make.attempt(
            deploy=deploy, attempt_number=next(numbers), status_code=None, duration_ms=None, response_excerpt=None
        ),
        "answer": lambda: db.execute(text("UPDATE deploy_attempts SET status_code = 201, duration_ms = 5")),
        "refuse": lambda: make.attempt(deploy=deploy, attempt_number=next(numbers), status_code=503),
        "forget": lambda: db.execute(text("DELETE FROM deploy_attempts WHERE NOT ok")),
        "enter": lambda: waiting_sessions.enter(db, most=2),
        "fold": lambda: upkeep.fold_metrics(db),
    }
    for step in steps:
        with db.begin_nested() as point:
            for act in [acts["start"], acts["fail"], acts["refuse"]] if step == "undo" else [acts[step]]:
                act()
            if step == "undo":
                point.rollback()

    assert all_equal(db, operator)


def test_a_status_that_a_session_comes_back_to_counts_once(db, make, operator):
    session = make.session(status="completed")
    for status in ("failed", "completed", "failed", "completed"):
        db.execute(text("UPDATE onboarding_sessions SET status = :status"), {"status": status})

    reached = hourly.reached(db, operator, SubjectKind.SESSION, LABELS, since=LONG_AGO)
    assert {label: sum(hours.values()) for label, hours in reached.items()} == {
        "started": 1,
        "completed": 1,
        "failed": 1,
    }
    assert reached["started"] == {session.created_at.replace(minute=0): 1}


def test_what_is_deleted_was_there_all_the_same_but_for_attempts(db, make, operator):
    make.attempt(deploy=make.deploy(session=make.session()))
    db.execute(text("DELETE FROM onboarding_sessions"))

    assert hourly.reached(db, operator, SubjectKind.SESSION, LABELS, since=LONG_AGO)["started"] == {HOUR: 1}
    assert hourly.attempts(db, operator, since=LONG_AGO) == {}


def test_what_is_truncated_is_forgotten(db, make, operator):
    make.attempt()
    db.execute(text("TRUNCATE status_changes, deploy_attempts"))

    assert hourly.reached(db, operator, SubjectKind.SESSION, LABELS, since=LONG_AGO) == {}
    assert hourly.attempts(db, operator, since=LONG_AGO) == {}


def test_an_attempt_under_way_is_counted_when_it_has_ended_in_the_hour_in_which_it_began(db, make, operator):
    began = HOUR - timedelta(hours=3)
    attempt = make.attempt(status_code=None, duration_ms=None, started_at=began + timedelta(minutes=59))
    assert hourly.attempts(db, operator, since=LONG_AGO) == {}

    attempt.duration_ms, attempt.status_code = 120_000, 503
    db.flush()

    assert hourly.attempts(db, operator, since=LONG_AGO) == {"failed": {began: 1}}


def test_what_was_before_the_time_asked_for_is_left_out(db, make, operator):
    make.attempt(started_at=HOUR - timedelta(minutes=1))
    make.attempt(started_at=HOUR)

    assert hourly.attempts(db, operator, since=HOUR) == {"failed": {HOUR: 1}}


def test_hours_may_be_counted_by_the_span(db, make):
    member = make.user(role=Role.MEMBER)
    deploy = make.deploy(session=make.session(user=member, created_at=HOUR - timedelta(hours=1)))
    for ago in (0, 1, 5, 6, 11):
        make.attempt(deploy=deploy, attempt_number=ago + 1, started_at=HOUR - timedelta(hours=ago))
    spans = {"since": HOUR - timedelta(hours=11), "span": timedelta(hours=6)}

    for actor in (actor_of(member), actor_of(make.user(role=Role.VIEWER))):
        counts = hourly.attempts(db, actor, **spans)
        assert counts == {"failed": {HOUR - timedelta(hours=11): 2, HOUR - timedelta(hours=5): 3}}
        sessions = hourly.reached(db, actor, SubjectKind.SESSION, ["started"], **spans)
        assert sessions == {"started": {HOUR - timedelta(hours=5): 1}}


def test_only_the_labels_that_are_asked_for_are_read(db, make, operator):
    member = make.user(role=Role.MEMBER)
    make.session(user=member)

    for actor in (operator, actor_of(member)):
        assert hourly.reached(db, actor, SubjectKind.SESSION, ["draft", "failed"], since=LONG_AGO) == {
            "draft": {HOUR: 1}
        }


def test_a_person_s_own_are_counted_from_that_person_s_rows(db, make):
    member = make.user(role=Role.MEMBER)
    own = make.session(user=member, created_at=NOW - timedelta(hours=2))
    db.execute(text("UPDATE onboarding_sessions SET status = 'completed' WHERE id = :id"), {"id": own.id})
    make.project(owner=member, created_at=NOW)
    make.attempt(deploy=make.deploy(session=own), status_code=201)
    make.attempt(deploy=make.deploy(session=own), status_code=None, duration_ms=None)
    make.attempt()
    make.project()

    actor = actor_of(member)
    sessions = hourly.reached(db, actor, SubjectKind.SESSION, LABELS, since=LONG_AGO)
    assert sessions["started"] == sessions["draft"] == {HOUR - timedelta(hours=2): 1}
    assert sum(sessions["completed"].values()) == 1
    assert hourly.reached(db, actor, SubjectKind.PROJECT, LABELS, since=LONG_AGO)["prompt_ready"] == {HOUR: 1}
    assert hourly.attempts(db, actor, since=LONG_AGO) == {"succeeded": {HOUR: 1}}


def test_those_who_see_all_have_no_rows_counted(db, connection, operator):
    db.add(MetricDelta(metric="deploy_attempts", label="succeeded", bucket=HOUR, delta=7_000_000))
    db.flush()

    with counted(connection) as statements:
        counts = hourly.attempts(db, operator, since=HOUR)

    assert counts == {"succeeded": {HOUR: 7_000_000}}
    assert [statement for statement in statements if "deploy_attempts " in statement] == []
