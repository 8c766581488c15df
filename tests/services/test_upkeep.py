"""Upkeep by schedule: counters are folded, and counts that nobody looks at any more go."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select

from models import FailureGroup, FailureGroupHour, HostOutcomes, MetricDelta, Role, Room, TrashedRecord
from services import metrics, trash, upkeep, waiting_sessions
from tests.conftest import NOW, actor_of


def test_upkeep_folds_the_counters_and_no_total_changes(db, make):
    for _ in range(3):
        make.session(status="completed")
    waiting_sessions.enter(db)
    before = metrics.totals(db, "onboarding_sessions")

    upkeep.run(db, now=NOW)

    assert metrics.totals(db, "onboarding_sessions") == before
    rows = select(MetricDelta).where(MetricDelta.metric == "onboarding_sessions", MetricDelta.label == "completed")
    assert len(db.scalars(rows).all()) == 1


def test_upkeep_empties_the_trash_of_what_is_over(db, make):
    admin = actor_of(make.user(role=Role.ADMIN))
    trash.delete(db, Room, make.room().id, actor=admin, now=NOW - trash.KEPT)

    upkeep.run(db, now=NOW)

    assert db.scalars(select(TrashedRecord)).all() == []


def test_upkeep_forgets_hours_that_no_chart_shows_and_never_what_totals_are_made_of(db):
    ages = {"deploy_attempts": 70, "sessions_reached": 70, "projects_reached": 59, "projects": 900}
    for metric, days in ages.items():
        db.add(MetricDelta(metric=metric, label="x", bucket=NOW - timedelta(days=days), delta=1))
    db.flush()

    upkeep.run(db, now=NOW)

    assert set(db.scalars(select(MetricDelta.metric))) == {"projects_reached", "projects"}


def test_upkeep_forgets_what_hosts_and_groups_did_long_ago_and_keeps_the_rest(db):
    group = FailureGroup(
        id=uuid4(),
        fingerprint="1:known",
        host="hooks.example.com",
        phase="status",
        status_code=503,
        shape="busy",
        first_seen_at=NOW,
        last_seen_at=NOW,
    )
    db.add(group)
    db.flush()
    for age in (timedelta(minutes=5), timedelta(hours=2)):
        db.add(HostOutcomes(host="hooks.example.com", slot=NOW - age))
    for age in (timedelta(days=1), timedelta(days=40)):
        db.add(FailureGroupHour(group_id=group.id, hour=NOW - age, attempts=2))
    db.flush()

    upkeep.run(db, now=NOW)

    assert db.scalars(select(HostOutcomes.slot)).all() == [NOW - timedelta(minutes=5)]
    assert db.scalars(select(FailureGroupHour.hour)).all() == [NOW - timedelta(days=1)]
    assert db.get(FailureGroup, group.id) is not None
