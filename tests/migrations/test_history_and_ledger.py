"""What the database keeps by itself, its history and its ledger, and what it refuses, whoever writes to it."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from models import (
    SESSION_BEGINNINGS,
    MetricDelta,
    OnboardingSession,
    ProjectStatus,
    SessionStatus,
    SessionText,
    StatusChange,
    SubjectKind,
)
from services import audit, metrics, upkeep, waiting_sessions
from tests.conftest import NOW, actor_of
from tests.records import Records
from tests.trail import oldest_first

BEGUN = SESSION_BEGINNINGS.c


def changes(db, subject):
    waiting_sessions.enter(db)
    rows = select(StatusChange).where(StatusChange.subject_id == subject.id).order_by(*oldest_first(StatusChange))
    return [(change.from_status, change.to_status, change.actor) for change in db.scalars(rows)]


def counted(db, metric):
    return {label: total for label, total in metrics.totals(db, metric).items() if total}


def test_updated_at_is_later_with_each_version_whatever_the_writer_says(db, make):
    session = make.session(updated_at=NOW)
    seen = [session.updated_at]
    for purpose in ("one", "two", "three"):
        db.execute(
            text("UPDATE onboarding_sessions SET purpose = :purpose, updated_at = '2000-01-01' WHERE id = :id"),
            {"purpose": purpose, "id": session.id},
        )
        db.refresh(session)
        seen.append(session.updated_at)

    assert seen == sorted(set(seen))


def test_a_rows_first_status_is_history_from_its_creation(db, make):
    audit.act_as(db, actor_of(make.user(email="ana@example.com")))
    session = make.session(created_at=NOW - timedelta(days=3))
    waiting_sessions.enter(db)

    [change] = db.scalars(select(StatusChange).where(StatusChange.subject_id == session.id))
    assert (change.from_status, change.to_status, change.at) == (None, "draft", NOW - timedelta(days=3))
    assert (change.subject_kind, change.actor) == (SubjectKind.SESSION, "ana@example.com")


def test_a_transition_is_history_with_the_actor_that_the_writer_named(db, make):
    project = make.project()
    person = actor_of(make.user())
    audit.act_as(db, person)

    project.status = ProjectStatus.CODE_GENERATED
    db.flush()

    assert changes(db, project)[-1] == ("prompt_ready", "code_generated", person.name)


def test_another_programs_bulk_update_is_history_too_and_other_columns_are_not(db, make):
    first, second, other = make.session(), make.session(), make.session(status=SessionStatus.FAILED)
    db.execute(text("UPDATE onboarding_sessions SET status = 'failed', purpose = 'x'"))

    assert changes(db, first) == changes(db, second) == [(None, "draft", None), ("draft", "failed", None)]
    assert changes(db, other) == [(None, "failed", None)]


def test_the_ledger_counts_what_is_there(db, make):
    sessions = [make.session() for _ in range(4)]
    sessions[0].status = SessionStatus.COMPLETED
    db.flush()
    db.execute(update(OnboardingSession).where(OnboardingSession.id == sessions[1].id).values(status="failed"))
    db.execute(text("DELETE FROM onboarding_sessions WHERE id = :id"), {"id": sessions[2].id})

    assert counted(db, "onboarding_sessions") == {"draft": 1, "completed": 1, "failed": 1}


def test_what_is_inserted_at_once_is_counted_together(db, make):
    statement = "INSERT INTO onboarding_sessions (user_id, status) SELECT :user, unnest(CAST(:all AS text[]))"
    db.execute(text(statement), {"user": make.user().id, "all": ["draft", "failed", "draft", "failed", "draft"]})

    assert sorted(db.execute(select(BEGUN.status, BEGUN.sessions)).all()) == [("draft", 2), ("failed", 1)]
    waiting_sessions.enter(db)
    upkeep.fold_metrics(db)
    assert db.execute(select(SESSION_BEGINNINGS)).all() == []
    rows = db.execute(select(MetricDelta.metric, MetricDelta.label, MetricDelta.delta)).all()
    assert sorted(tuple(row) for row in rows) == [
        ("onboarding_sessions", "draft", 3),
        ("onboarding_sessions", "failed", 2),
        ("sessions_reached", "draft", 3),
        ("sessions_reached", "failed", 2),
        ("sessions_reached", "started", 5),
    ]


def left_by_inserts(db):
    """How many rows the triggers wrote of history, for the search and to tell of, and what was counted."""
    waiting_sessions.enter(db)

    def count(model):
        return db.scalar(select(func.count()).select_from(model))

    told = text("SELECT coalesce(sum(cardinality(ids)), 0) FROM live_notices WHERE kind = 'session' AND op = 'insert'")
    return (
        count(StatusChange),
        count(SessionText),
        db.scalar(told),
        counted(db, "onboarding_sessions"),
        counted(db, "sessions_reached"),
    )


@pytest.mark.parametrize("rows", [1, 2, 3, 40])
def test_new_sessions_are_remembered_found_told_and_counted_however_many_come_at_once(db, make, rows):
    statement = (
        "INSERT INTO onboarding_sessions (user_id, purpose) SELECT :user, 'A shop' FROM generate_series(1, :rows)"
    )
    db.execute(text(statement), {"user": make.user().id, "rows": rows})

    assert left_by_inserts(db) == (rows, rows, rows, {"draft": rows}, {"draft": rows, "started": rows})


def test_an_insert_of_no_session_leaves_nothing(db, make):
    statement = "INSERT INTO onboarding_sessions (user_id, purpose) SELECT id, 'A shop' FROM users WHERE false"
    db.execute(text(statement))

    assert left_by_inserts(db) == (0, 0, 0, {}, {})


def test_a_restored_session_is_there_again_but_came_into_being_only_once(db, make):
    user = make.user()
    db.execute(text("SET LOCAL console.restoring = 'on'"))
    make.session(user=user, purpose="A shop")

    assert left_by_inserts(db) == (0, 1, 1, {"draft": 1}, {})


def test_the_ledger_forgets_what_is_truncated(db, make):
    make.session()
    db.execute(text("TRUNCATE onboarding_sessions CASCADE"))

    assert counted(db, "onboarding_sessions") == {}
    assert counted(db, "sessions_reached") == {"draft": 1, "started": 1}


def test_the_ledger_forgets_a_history_that_is_truncated_and_nothing_else(db, make):
    make.session()
    waiting_sessions.enter(db)
    make.session()
    db.execute(text("TRUNCATE status_changes"))

    assert counted(db, "onboarding_sessions") == {"draft": 2}
    assert counted(db, "sessions_reached") == {}
    assert waiting_sessions.enter(db) == 0
    assert db.scalar(select(func.count()).select_from(SessionText)) == 2


STEPS = st.lists(st.sampled_from(["insert", "complete", "fail", "delete", "enter", "fold", "undo"]), max_size=25)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_ledgers_totals_equal_a_count_after_any_writes_folds_and_roll_backs(db, make, steps):
    user = make.user()
    acts = {
        "insert": lambda: make.session(user=user),
        "complete": lambda: db.execute(text("UPDATE onboarding_sessions SET status = 'completed'")),
        "fail": lambda: db.execute(text("UPDATE onboarding_sessions SET status = 'failed' WHERE status = 'draft'")),
        "delete": lambda: db.execute(text("DELETE FROM onboarding_sessions WHERE status = 'failed'")),
        "enter": lambda: waiting_sessions.enter(db, most=2),
        "fold": lambda: upkeep.fold_metrics(db),
    }
    for step in steps:
        with db.begin_nested() as point:
            for act in [acts["insert"], acts["fail"]] if step == "undo" else [acts[step]]:
                act()
            if step == "undo":
                point.rollback()

    rows = db.execute(text("SELECT status, count(*) FROM onboarding_sessions GROUP BY status")).all()
    assert counted(db, "onboarding_sessions") == {row.status: row.count for row in rows}


def test_folding_leaves_one_row_an_hour_and_status(db, make):
    for _ in range(5):
        make.session(created_at=NOW)
    waiting_sessions.enter(db)
    upkeep.fold_metrics(db)

    rows = db.execute(select(MetricDelta.label, MetricDelta.delta).where(MetricDelta.metric == "onboarding_sessions"))
    assert [tuple(row) for row in rows] == [("draft", 5)]


def test_what_is_folded_while_others_write_is_counted_once(fresh_db, listener):
    make = Records(fresh_db, NOW)
    user = make.user()
    make.session(user=user)
    fresh_db.commit()
    make.session(user=user)  # which nobody else sees yet
    listener.execute("SELECT console_fold_beginnings()")
    fresh_db.commit()
    assert counted(fresh_db, "onboarding_sessions") == {"draft": 2}

    listener.execute("BEGIN")
    listener.execute("SELECT console_fold_beginnings()")
    assert counted(fresh_db, "onboarding_sessions") == {"draft": 2}
    listener.execute("ROLLBACK")
    assert counted(fresh_db, "onboarding_sessions") == {"draft": 2}


MANY_SESSIONS = text(
    "INSERT INTO onboarding_sessions (user_id, status, metadata)"
    " SELECT id, 'completed', '{}' FROM users, generate_series(1, :number)"
)
MANY_DEPLOYS = text(
    "INSERT INTO deploys (session_id, trigger, hook_sealed, hook_key, hook_digest, hook_masked, host,"
    " idempotency_key, status)"
    " SELECT id, 'api', '', '', '', 'https://x.example.com', 'x.example.com',"
    " 'key ' || gen_random_uuid(), 'succeeded' FROM onboarding_sessions"
)


def test_many_rows_at_once_do_not_go_through_one_another_where_the_tables_are_believed_empty(fresh_db):
    Records(fresh_db, NOW).user()
    fresh_db.commit()
    fresh_db.execute(MANY_SESSIONS, {"number": 10_000})
    fresh_db.rollback()  # which leaves pages, and not one row
    for table in ("status_changes", "onboarding_sessions", "deploys"):
        fresh_db.execute(text(f"ANALYZE {table}"))

    for number in (1, 1, 1, 1, 1, 1, 10_000):  # a plan is kept after a few times
        fresh_db.execute(text("SET LOCAL statement_timeout = '20s'"))
        fresh_db.execute(MANY_SESSIONS, {"number": number})
        fresh_db.execute(MANY_DEPLOYS)

    assert counted(fresh_db, "sessions_reached") == {"completed": 10_006, "started": 10_006}


@pytest.mark.parametrize("statement", ["UPDATE audit_events SET tag = 'x'", "DELETE FROM audit_events"])
def test_the_audit_trail_cannot_be_rewritten(db, statement):
    with pytest.raises(DBAPIError, match="append-only"):
        db.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE onboarding_sessions SET status = 'finished'",
        "UPDATE projects SET combo_type = 'rocket'",
        "UPDATE deploys SET trigger = 'magic'",
    ],
)
def test_no_program_can_store_a_status_that_the_house_does_not_know(db, make, statement):
    make.project(onboarding_session_id=make.session().id)
    make.deploy()

    with pytest.raises(DBAPIError, match="check constraint"):
        db.execute(text(statement))
